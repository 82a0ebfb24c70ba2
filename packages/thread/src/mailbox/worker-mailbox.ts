import { copyBytes, type GuardLogLevel, nextTurn } from "@guardhost/core";
import { encodeDetails, type LogEntry, plainErrorOf } from "./details.js";
import {
  DROPS,
  type MailboxBuffers,
  NO_ANSWER,
  type OperationCode,
  STATUS,
  TIMEOUT_INDEX,
  WORD,
} from "./layout.js";
import { Region } from "./region.js";
import { Spinner } from "./spinner.js";

/** What the caller wants. */
export interface WorkerRequest {
  readonly generation: number;
  readonly operation: OperationCode;
  readonly channel: number;
  /** Lies in shared memory, and stays there until the response. */
  readonly input: Uint8Array;
  /** Milliseconds from now; infinity for no limit. */
  readonly timeoutMs: number;
  /** Channels to close first. */
  readonly drops: readonly number[];
}

/** Milliseconds without a request after which the worker's event loop turns once, before the worker sleeps on. */
const IDLE_TURN_MS = 50;

/** Requests in a row after which the worker's event loop turns. What a runtime does there can wait, but not for ever. */
const REQUESTS_PER_TURN = 1_024;

const NO_BYTES = new Uint8Array(0);
const NO_DROPS: readonly number[] = [];

const encoder = new TextEncoder();

/** How a worker's end of a mailbox reaches the caller's thread. */
export interface WorkerMailboxOptions {
  /** Makes the caller's event loop look into the mailbox. */
  readonly wakeCaller: () => void;
  /** Whether the machine has cores enough to wait without sleeping. */
  readonly maySpin: boolean;
}

/** The worker's end of a mailbox. Waiting blocks the thread. */
export class WorkerMailbox {
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  readonly #wakeCaller: () => void;
  readonly #spinner: Spinner;
  #input: Region;
  #output: Region;
  #question: Region;
  #answer: Region;
  #generation = 0;
  #asked = 0;
  /** In terms of `performance.now()`. */
  #deadline = Number.POSITIVE_INFINITY;
  /** Set once the guest got no answer in time: what comes after that is too late as well. */
  #gaveUp = false;
  #untilTurn = REQUESTS_PER_TURN;
  #logs: LogEntry[] = [];

  constructor(buffers: MailboxBuffers, { wakeCaller, maySpin }: WorkerMailboxOptions) {
    this.#words = new Int32Array(buffers.control);
    this.#times = new Float64Array(buffers.control);
    this.#wakeCaller = wakeCaller;
    this.#spinner = new Spinner(maySpin);
    [this.#input, this.#output, this.#question, this.#answer] = regionsOf(buffers);
    Atomics.store(this.#words, WORD.started, 1);
  }

  /** Goes on with other regions, from the response to this request on. */
  renew(buffers: MailboxBuffers): void {
    [this.#input, this.#output, this.#question, this.#answer] = regionsOf(buffers);
  }

  /**
   * Waits for a request, without returning to the event loop unless there is time. Undefined when there will be no more: the
   * thread is to end.
   */
  async next(): Promise<WorkerRequest | undefined> {
    if (--this.#untilTurn <= 0) await this.#turn();
    const arrived = () => this.#hasEnded || Atomics.load(this.#words, WORD.generation) !== this.#generation;
    if (!this.#spinner.spin(arrived)) {
      Atomics.store(this.#words, WORD.asleep, 1);
      if (!this.#sleepUntil(arrived, IDLE_TURN_MS)) {
        await this.#turn();
        this.#sleepUntil(arrived, Number.POSITIVE_INFINITY);
      }
      Atomics.store(this.#words, WORD.asleep, 0);
    }
    const now = this.#spinner.arrived();
    return this.#hasEnded ? undefined : this.#take(now);
  }

  /** Whether nobody needs the request any more. */
  get isStopped(): boolean {
    return this.#hasEnded || Atomics.load(this.#words, WORD.stopped) === this.#generation;
  }

  /** Whether the backend took longer than the request may. */
  get gaveUp(): boolean {
    return this.#gaveUp;
  }

  /** Keeps a message, to travel with the next question or with the response. */
  log(level: GuardLogLevel, message: string): void {
    this.#logs.push([level, message]);
  }

  /**
   * Asks the backend and blocks until it has answered. Throws when it has failed, when the request is stopped, and when its
   * time is up.
   */
  ask(tool: string, args: string): Uint8Array {
    if (this.#gaveUp) throw new Error("the backend is not asked again once it was too late");
    const words = this.#words;
    const bytes = encoder.encode(args);
    const details = encodeDetails({ tool, logs: this.#logs });
    this.#question.write(bytes, details);
    this.#logs = [];
    words[WORD.argsBytes] = bytes.length;
    words[WORD.questionDetailBytes] = details.length;
    const number = (this.#asked + 1) | 0;
    this.#asked = number;
    Atomics.store(words, WORD.question, number);
    this.#publish();
    const isAnswered = () => Atomics.load(words, WORD.answer) === number;
    const isOver = () => isAnswered() || this.isStopped;
    this.#sleepUntil(isOver, this.#deadline - performance.now());
    if (!isAnswered()) {
      this.#gaveUp = true;
      throw new Error("the backend did not answer in time");
    }
    const length = words[WORD.answerBytes] as number;
    if (length === NO_ANSWER) throw new Error("the backend failed");
    return this.#answer.read(0, length);
  }

  /** A copy of `body`: where it will be read, to {@link respond} with, if there is room. */
  place(body: Uint8Array): Uint8Array {
    try {
      this.#output.write(body);
    } catch {
      // The response will say why.
      return copyBytes(body);
    }
    return this.#output.view(0, body.length);
  }

  /** Ends the request. */
  respond(body: Uint8Array): void {
    let detailBytes: number;
    try {
      detailBytes = this.#writeWithMessages(body);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#publishResponse(STATUS.answered, body.length, detailBytes);
  }

  /** Ends the request with an error. Messages for which there is no room are left out. */
  fail(reason: unknown): void {
    const error = plainErrorOf(reason);
    let details: Uint8Array;
    try {
      details = encodeDetails({ logs: this.#logs, error });
      this.#output.write(details);
    } catch {
      // By itself, an error mostly needs no more than a region has from the beginning.
      details = encodeDetails({ logs: [], error });
      this.#output.write(details);
    }
    this.#publishResponse(STATUS.failed, 0, details.length);
  }

  /** Writes a body, and messages behind it, if there is memory for them. Answers how many bytes those have. */
  #writeWithMessages(body: Uint8Array): number {
    try {
      const details = this.#messagesBeside(body);
      this.#output.write(body, details);
      return details.length;
    } catch {
      this.#output.write(body);
      return 0;
    }
  }

  /** What the response says besides its body: messages, if there is room for them. */
  #messagesBeside(body: Uint8Array): Uint8Array {
    if (this.#logs.length === 0) return NO_BYTES;
    const details = encodeDetails({ logs: this.#logs });
    return body.length + details.length <= this.#output.maxBytes ? details : NO_BYTES;
  }

  #publishResponse(status: number, bodyBytes: number, detailBytes: number): void {
    const words = this.#words;
    if (this.#logs.length > 0) this.#logs = [];
    words[WORD.status] = status;
    words[WORD.bodyBytes] = bodyBytes;
    words[WORD.detailBytes] = detailBytes;
    Atomics.store(words, WORD.response, this.#generation);
    this.#publish();
    this.#spinner.finished();
  }

  get #hasEnded(): boolean {
    return Atomics.load(this.#words, WORD.ended) === 1;
  }

  #take(now: number): WorkerRequest {
    const words = this.#words;
    this.#generation = Atomics.load(words, WORD.generation);
    const timeoutMs = this.#times[TIMEOUT_INDEX] as number;
    this.#deadline = now + timeoutMs;
    this.#gaveUp = false;
    const dropped = words[WORD.drops] as number;
    return {
      generation: this.#generation,
      operation: words[WORD.operation] as OperationCode,
      channel: words[WORD.channel] as number,
      input: this.#input.view(0, words[WORD.inputBytes] as number),
      timeoutMs,
      drops: dropped === 0 ? NO_DROPS : [...words.subarray(DROPS.first, DROPS.first + dropped)],
    };
  }

  /** Blocks until `condition` holds, which the caller's thread makes true. False when the time was up first. */
  #sleepUntil(condition: () => boolean, timeoutMs: number): boolean {
    const words = this.#words;
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const seen = Atomics.load(words, WORD.toWorker);
      if (condition()) return true;
      const left = deadline - performance.now();
      if (left <= 0) return false;
      Atomics.wait(words, WORD.toWorker, seen, left);
    }
  }

  async #turn(): Promise<void> {
    this.#untilTurn = REQUESTS_PER_TURN;
    await nextTurn();
  }

  #publish(): void {
    if (Atomics.compareExchange(this.#words, WORD.callerSleeps, 1, 0) === 1) this.#wakeCaller();
  }
}

function regionsOf({ input, output, question, answer }: MailboxBuffers): [Region, Region, Region, Region] {
  return [
    new Region(input, "INPUT_TOO_LARGE"),
    new Region(output, "OUTPUT_TOO_LARGE"),
    new Region(question, "INPUT_TOO_LARGE"),
    new Region(answer, "OUTPUT_TOO_LARGE"),
  ];
}
