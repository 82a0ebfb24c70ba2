import type { GuardOperation } from "../abi/abi.js";
import type { GuardLimits } from "../engine.js";
import { GuardError } from "../error.js";
import { recycle } from "../memory/recycled-bytes.js";
import { decodeAgentAnswer, decodeResourceAnswer, decodeResponseAnswer } from "../payload/decode.js";
import { encodeAgentInput, encodeResourceInput, encodeResponseInput } from "../payload/encode.js";
import type { AgentLabels, ResourceLabels, ResponseLabels, ToolCall } from "../payload/labels.js";
import { resolvePolicy } from "../policy/policy-schema.js";
import type { StandardSchema } from "../policy/standard-schema.js";
import { assertSignal } from "../time/assert-signal.js";
import { assertTimeout } from "../time/assert-timeout.js";
import { InterruptibleWait } from "../time/interruptible-wait.js";
import { armTimer } from "../time/timer.js";
import { waitFor } from "../time/wait-for.js";
import { assertKnownOptions } from "./assert-known-options.js";
import {
  type BackendCall,
  type BackendCaller,
  isAwaited,
  noteWait,
  wouldWaitForItself,
} from "./backend-scope.js";
import { CallQueue } from "./call-queue.js";
import type { CallOptions, GuardSession, SessionHealth, SessionOptions } from "./guard-session.js";
import { timedOut } from "./instance-failure.js";
import type { InstanceContext } from "./instance-opener.js";
import { SessionBackend, type SessionBackendOptions } from "./session-backend.js";
import { isAbort, SessionCall } from "./session-call.js";
import { SessionInstance } from "./session-instance.js";

/** What a session shares with the other sessions of its guard. */
export interface SessionContext extends InstanceContext, SessionBackendOptions {
  readonly limits: GuardLimits;
  readonly timeoutMs: number;
  readonly closeTimeoutMs: number;
  readonly maxWaitingCalls: number;
  readonly policySchema: StandardSchema | undefined;
  readonly policyRequired: boolean;
  readonly onClose: (session: Session) => void;
}

const CALL_OPTIONS: Record<keyof CallOptions, true> = { signal: true, timeoutMs: true };

/** Implements {@link GuardSession}. */
export class Session implements GuardSession, BackendCaller {
  readonly id: number;
  readonly #principal: string | undefined;
  readonly #context: SessionContext;
  readonly #backend: SessionBackend;
  readonly #queue: CallQueue;
  /** What calls wait with for anything but their turn and their instance. */
  readonly #wait = new InterruptibleWait();
  readonly #instance: SessionInstance;
  #closing: Promise<void> | undefined;

  constructor(context: SessionContext, id: number, { backend, principal }: SessionOptions) {
    if (principal !== undefined && typeof principal !== "string")
      throw new TypeError("the principal must be a string");
    this.id = id;
    this.#principal = principal;
    this.#context = context;
    this.#backend = new SessionBackend(this, backend, context);
    this.#queue = new CallQueue(context.maxWaitingCalls);
    const named = { session: id, principal };
    this.#instance = new SessionInstance(context, { named, host: this.#backend, wait: this.#wait });
  }

  labelAgent(policy: unknown, options: CallOptions = {}): Promise<AgentLabels> {
    const { policySchema, limits } = this.#context;
    const encode = () => {
      const input = resolvePolicy(policy, policySchema).then((payload) => encodeAgentInput(payload, limits));
      // A call that is refused before its turn never looks at it.
      input.catch(() => undefined);
      return input;
    };
    return this.#call("label_agent", encode, decodeAgentAnswer, options);
  }

  labelResource(call: ToolCall, options: CallOptions = {}): Promise<ResourceLabels> {
    const encode = () => encodeResourceInput(call, this.#context.limits);
    return this.#call("label_resource", encode, decodeResourceAnswer, options);
  }

  labelResponse(call: ToolCall, result: unknown, options: CallOptions = {}): Promise<ResponseLabels> {
    const encode = () => encodeResponseInput(call, result, this.#context.limits);
    return this.#call("label_response", encode, decodeResponseAnswer, options);
  }

  get health(): SessionHealth {
    if (this.#closing !== undefined) return "closed";
    return this.#context.breaker?.isTripped(this.#principal) ? "unhealthy" : this.#instance.health;
  }

  get pending(): BackendCall | undefined {
    return this.#backend.pending;
  }

  /** How many calls wait for their turn. */
  get waitingCalls(): number {
    return this.#queue.waiting;
  }

  async close(): Promise<void> {
    const closed = this.finish();
    const caller = this.#context.scope.current();
    if (wouldWaitForItself(caller, [this])) {
      // Whoever closes next gets to know how it went.
      closed.catch(() => undefined);
      return;
    }
    await closed.finally(this.keepWaiting(caller));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What {@link close} waits for. */
  finish(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Remembers that `caller` waits for a call of this session, until the function that it returns is called. */
  keepWaiting(caller: BackendCall | undefined): () => void {
    const endWait = noteWait(caller, this);
    if (!isAwaited(caller)) return endWait;
    const endNesting = this.#instance.nesting.add();
    return () => {
      endNesting();
      endWait();
    };
  }

  async #close(): Promise<void> {
    const { closeTimeoutMs, onClose } = this.#context;
    const start = performance.now();
    const endWithin = (work: Promise<void>, deadline: number, what: string) => {
      const onTimeout = () => new GuardError("TIMEOUT", `the engine did not end ${what} in time`);
      return waitFor(work, { deadline, signal: undefined, onTimeout });
    };
    const left = this.#queue.close(new GuardError("CLOSED", "the session is closed"));
    const interruption = new GuardError("CLOSED", "the session was closed, and the call had no more time");
    const timer = armTimer(start + closeTimeoutMs, () => this.#instance.interrupt(interruption));
    try {
      await endWithin(left, start + 2 * closeTimeoutMs, "the call that was running");
    } finally {
      timer?.cancel();
      const deadline = performance.now() + closeTimeoutMs;
      await endWithin(this.#instance.close(), deadline, "the instance").finally(() => onClose(this));
    }
  }

  /**
   * Encodes the input, so that what is labelled is what was passed, and takes the call's turn, so that calls run in
   * the order in which they were made. Only then it waits for anything.
   */
  async #call<T>(
    operation: GuardOperation,
    encode: () => Uint8Array | Promise<Uint8Array>,
    decode: (answer: Uint8Array) => T,
    options: CallOptions,
  ): Promise<T> {
    const { signal, timeoutMs = this.#context.timeoutMs } = options ?? {};
    const context = this.#context;
    const instance = this.#instance;
    context.counters.calls++;
    let endWait: (() => void) | undefined;
    let call: SessionCall | undefined;
    let hasTurn = false;
    try {
      assertKnownOptions("a call", options, CALL_OPTIONS);
      assertTimeout("timeoutMs", timeoutMs);
      assertSignal(signal);
      signal?.throwIfAborted();
      const caller = context.scope.current();
      if (caller !== undefined) {
        if (wouldWaitForItself(caller, [this])) throw reentrant();
        endWait = this.keepWaiting(caller);
      }
      const encoded = encode();
      call = new SessionCall(operation, timeoutMs, signal);
      const turn = this.#queue.enter(call);
      if (turn !== undefined) await turn;
      hasTurn = true;
      instance.inCall = true;
      this.#backend.begin(caller);
      call.input = encoded instanceof Uint8Array ? encoded : await this.#waitFor(encoded, call);
      if (operation !== "label_agent") instance.assertPolicy(context.policyRequired);
      call.probe = context.breaker?.admit(this.#principal);
      let answer: Uint8Array;
      try {
        const made = instance.call(call);
        answer = made instanceof Uint8Array ? made : await made;
      } catch (error) {
        answer = await instance.callAgain(error, call);
      }
      call.probe?.survived();
      const labels = decode(answer);
      if (operation === "label_agent") instance.accept(call.input, answer);
      // Not after a failure: an engine that was cut short may still be reading.
      recycle(call.input);
      recycle(answer);
      return labels;
    } catch (error) {
      if (hasTurn && operation === "label_agent") instance.refuse(error);
      context.counters.failed(error, isAbort(error, signal));
      throw error;
    } finally {
      call?.probe?.end();
      endWait?.();
      if (hasTurn) this.#leave();
    }
  }

  #waitFor<T>(work: Promise<T>, { deadline, signal }: SessionCall): Promise<T> {
    return this.#wait.for(work, { deadline, signal, onTimeout: timedOut });
  }

  #leave(): void {
    this.#backend.end();
    this.#context.live.rest(this.#instance);
    this.#queue.leave();
  }
}

function reentrant(): GuardError {
  return new GuardError("REENTRANT", "the guard's backend called a session that is waiting for it");
}
