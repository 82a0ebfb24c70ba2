import {
  armTimer,
  BUFFER_TOO_SMALL,
  type ChannelCallOptions,
  createBackendQuestions,
  type ExchangeRequest,
  FAILED,
  GuardError,
  type Invocation,
  LABEL_FUNCTIONS,
  LOG_LEVELS,
  onAbort,
  timedOut,
} from "@guardhost/core";
import { LineWriter } from "@guardhost/engine";
import {
  encodeFrame,
  encodeRequest,
  type Frame,
  FromDriver,
  FromHost,
  microsecondsOf,
} from "../frames/frame.js";
import { FrameError } from "../frames/frame-decoder.js";
import { callFailure, endingFailure, processEnded, recordStop } from "./failures.js";
import type { SandboxProcess } from "./sandbox-process.js";

/** Inputs up to this size travel with the call. Others are asked for, so that nobody has to pass over one that has no place. */
const MAX_INLINE_BYTES = 16_384;

/** Which functions a guard has, as the driver is told it. */
export interface GuardFunctions {
  readonly allocator: boolean;
  readonly start: boolean;
  readonly initialize: boolean;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const NOTHING = new Uint8Array(0);

/** A guard in a process, and what the host answers it. One conversation at a time. */
export class DrivenGuard {
  readonly #process: SandboxProcess;
  readonly #invocation: Invocation;
  readonly #askBackend: ReturnType<typeof createBackendQuestions>;
  readonly #output: Readonly<Record<number, LineWriter>>;

  constructor(process: SandboxProcess, invocation: Invocation) {
    this.#process = process;
    this.#invocation = invocation;
    this.#askBackend = createBackendQuestions(invocation, { asyncBackend: true, asyncBackendAdvice: "" });
    this.#output = {
      1: new LineWriter((line) => invocation.log("info", line)),
      2: new LineWriter((line) => invocation.log("warn", line)),
    };
  }

  /** Initialises the guard. Rejects with a GuardError when that fails. */
  async open(functions: GuardFunctions, options: ChannelCallOptions): Promise<void> {
    const { maxBackendArgsBytes, maxLogBytes } = this.#invocation.limits;
    const { allocator, start, initialize } = functions;
    const has = Number(allocator) + 2 * Number(start) + 4 * Number(initialize);
    const time = microsecondsOf(options.timeoutMs);
    this.#process.send(encodeRequest(FromHost.open, [has, maxBackendArgsBytes, maxLogBytes, time]));
    await this.#converse(undefined, options);
  }

  /** Runs a label function with all its attempts. Fails with a GuardError whose `lost` says what is left of the guard. */
  exchange(request: ExchangeRequest, options: ChannelCallOptions): Promise<Uint8Array> {
    const { operation, input, limits } = request;
    if (this.#process.isOver) {
      throw new GuardError("CLOSED", "the process of the guard has ended between two calls", { lost: true });
    }
    request.beforeAttempt();
    const { initialOutputBytes, maxOutputBytes, maxAttempts } = limits;
    const args = [
      LABEL_FUNCTIONS.indexOf(operation),
      input.length,
      initialOutputBytes,
      microsecondsOf(options.timeoutMs),
      maxOutputBytes,
      maxAttempts,
    ];
    const isInline = input.length <= MAX_INLINE_BYTES;
    this.#process.send(encodeRequest(FromHost.call, args, isInline ? input : NOTHING));
    return this.#converse(request, options);
  }

  /** Passes on output that no line feed has ended. */
  flush(): void {
    for (const writer of Object.values(this.#output)) writer.flush();
  }

  /** Ends the conversation, and the process with it, for the reason on record. */
  interrupt(): void {
    const { stopped } = this.#invocation;
    if (stopped !== undefined) this.#process.kill(stopped.reason);
  }

  /** Answers what the guard asks for, until it has answered, at most until the call is aborted or has no time left. */
  async #converse(
    request: ExchangeRequest | undefined,
    { signal, timeoutMs = Number.POSITIVE_INFINITY }: ChannelCallOptions,
  ): Promise<Uint8Array> {
    const timer = armTimer(performance.now() + timeoutMs, () => {
      this.#invocation.fail(timedOut(true));
      this.interrupt();
    });
    const endListening = signal && onAbort(signal, () => this.interrupt());
    // Whoever has aborted by now is not heard any more.
    if (signal?.aborted) this.interrupt();
    try {
      let answer: Uint8Array = NOTHING;
      for (;;) {
        const frame = await this.#process.receive();
        const { tag, payload } = frame;
        if (tag === FromDriver.ready && request === undefined) return NOTHING;
        if (tag === FromDriver.done && request !== undefined) return payload.length > 0 ? payload : answer;
        if (tag === FromDriver.answer) answer = payload;
        else await this.#reply(frame, request);
      }
    } catch (error) {
      throw endingFailure(error, nameOf(request));
    } finally {
      timer?.cancel();
      endListening?.();
    }
  }

  /** Does what a frame asks for. */
  async #reply({ tag, args, payload }: Frame, request: ExchangeRequest | undefined): Promise<void> {
    const invocation = this.#invocation;
    const [first = 0, second = 0] = args;
    switch (tag) {
      case FromDriver.failed:
        throw callFailure(args, requestOf(request));
      case FromDriver.wantsInput:
        this.#sendInput(first, requestOf(request));
        break;
      case FromDriver.backendCall:
        await this.#answerBackendCall(args, payload, nameOf(request));
        break;
      case FromDriver.log:
        invocation.log(LOG_LEVELS[first] ?? "debug", payload);
        break;
      case FromDriver.output:
        this.#output[first]?.write(payload);
        break;
      case FromDriver.wantsCredit:
        this.#process.send(encodeFrame(FromHost.credit, [invocation.logBytesLeft]));
        break;
      case FromDriver.stopped:
        recordStop(invocation, first, second);
        this.interrupt();
        break;
      default:
        throw new FrameError(`a frame with the tag ${tag} came at the wrong time`);
    }
  }

  /** Sends the input for an attempt, unless that is one too many for the caller. */
  #sendInput(attempt: number, request: ExchangeRequest): void {
    try {
      // Before the first one it was looked at already.
      if (attempt > 1) request.beforeAttempt();
    } catch (reason) {
      this.#process.send(encodeFrame(FromHost.abandon));
      throw reason;
    }
    this.#process.send(encodeFrame(FromHost.input, [], request.input));
  }

  /** Answers a backend call, unless the process ends before that. */
  async #answerBackendCall(args: readonly number[], payload: Uint8Array, during: string): Promise<void> {
    const invocation = this.#invocation;
    // The guard waits for the answer, and so sends nothing from which its end could be seen.
    const endListening = this.#process.onExit((ended) => invocation.fail(processEnded(ended, during)));
    try {
      this.#process.send(await this.#askForGuard(args, payload));
    } finally {
      endListening();
    }
  }

  /** Asks the backend. What goes wrong is -1 for the guard. */
  async #askForGuard(args: readonly number[], payload: Uint8Array): Promise<Uint8Array> {
    const [nameBytes = 0, capacity = 0, room = 0] = args;
    try {
      const tool = utf8.decode(payload.subarray(0, nameBytes));
      const json = utf8.decode(payload.subarray(nameBytes));
      const answer = await this.#askBackend(tool, json);
      if (answer.length > capacity) {
        return encodeFrame(FromHost.backendAnswer, [BUFFER_TOO_SMALL, answer.length]);
      }
      if (answer.length > room) return encodeFrame(FromHost.backendAnswer, [FAILED]);
      this.#invocation.answers.delivered(tool, json);
      return encodeFrame(FromHost.backendAnswer, [answer.length], answer);
    } catch {
      // Whatever went wrong, the ABI has one answer for it.
      return encodeFrame(FromHost.backendAnswer, [FAILED]);
    }
  }
}

/** What a conversation is called in errors. */
function nameOf(request: ExchangeRequest | undefined): string {
  return request?.operation ?? "its initialisation";
}

/** The call that a frame is about. */
function requestOf(request: ExchangeRequest | undefined): ExchangeRequest {
  if (request === undefined) throw new FrameError("a frame about a call came before any");
  return request;
}
