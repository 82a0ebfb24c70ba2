import type { GuardOperation } from "../abi/abi.js";
import type { CompiledGuard, GuardChannel, GuardHost, GuardLimits } from "../engine.js";
import { GuardError } from "../error.js";
import { decodeAgentAnswer, decodeResourceAnswer, decodeResponseAnswer } from "../payload/decode.js";
import { encodeAgentInput, encodeResourceInput, encodeResponseInput } from "../payload/encode.js";
import type { AgentLabels, ResourceLabels, ResponseLabels, ToolCall } from "../payload/labels.js";
import { resolvePolicy } from "../policy/policy-schema.js";
import type { StandardSchema } from "../policy/standard-schema.js";
import { escapeGuestText } from "../text/guest-text.js";
import { assertTimeout } from "../time/assert-timeout.js";
import { Countdown } from "../time/countdown.js";
import { isThenable } from "../time/is-thenable.js";
import { type WaitLimits, waitFor } from "../time/wait-for.js";
import {
  type BackendCall,
  type BackendCaller,
  type BackendScope,
  isInside,
  wouldWaitForItself,
} from "./backend-scope.js";
import { CallQueue } from "./call-queue.js";
import type { GuardLogger } from "./logger.js";

/** Limits of one call. */
export interface CallOptions {
  /** Aborts the call, which then rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the call, waiting included; more than 0. The guard's own `timeoutMs` unless given. */
  readonly timeoutMs?: number | undefined;
}

/** A call that the guard makes, in the shape of the MCP SDK. The guard wrote it, and is untrusted. */
export interface BackendToolCall {
  readonly name: string;
  readonly arguments?: Record<string, unknown>;
}

/**
 * Answers a guard's `call_backend`, synchronously or, where the engine's `capabilities.asyncBackend` is true, with a
 * promise. The guard sees a throw or a rejection as a failure without a reason. The guard chooses tool and arguments:
 * let through only what it may ask for.
 */
export type Backend = (call: BackendToolCall, options: { readonly signal: AbortSignal }) => unknown;

/** Settings of one session. */
export interface SessionOptions {
  /** Without one, every backend call of the guard fails. */
  readonly backend?: Backend | undefined;
}

/**
 * One isolated use of a guard under one policy. Its calls run one after the other, in the order in which they were
 * made. Its instance is opened by the first call.
 *
 * Every call may reject with `signal.reason`, with a GuardError of any code that is not about loading, and with a
 * TypeError or RangeError for arguments that make no sense.
 */
export interface GuardSession extends AsyncDisposable {
  /**
   * Gives the guard its policy and returns the agent's labels. Comes first, and may come again with another policy: once
   * it has its turn, the policy before is not in force any more, also when it fails.
   *
   * @param policy an allow-only policy, or what the guard's `policySchema` accepts
   */
  labelAgent(policy: unknown, options?: CallOptions): Promise<AgentLabels>;
  /** Labels what a call is about to touch, and says what it does to it. */
  labelResource(call: ToolCall, options?: CallOptions): Promise<ResourceLabels>;
  /** Labels what a call returned. */
  labelResponse(call: ToolCall, result: unknown, options?: CallOptions): Promise<ResponseLabels>;
  /**
   * Refuses waiting and coming calls with `CLOSED`, lets the running one finish within its deadline, then frees the
   * instance. May be called more than once. Inside a backend call of the session, which it would wait for, it resolves
   * at once and the rest happens afterwards.
   */
  close(): Promise<void>;
}

/** What a session shares with the other sessions of its guard. */
export interface SessionContext {
  readonly compiled: CompiledGuard;
  readonly limits: GuardLimits;
  readonly timeoutMs: number;
  readonly maxWaitingCalls: number;
  readonly policySchema: StandardSchema | undefined;
  readonly policyRequired: boolean;
  readonly logger: GuardLogger;
  readonly logGuestMessages: boolean;
  readonly scope: BackendScope;
  readonly onClose: (session: Session) => void;
}

/** Implements {@link GuardSession}. */
export class Session implements GuardSession, BackendCaller {
  readonly #context: SessionContext;
  readonly #host: GuardHost;
  readonly #queue: CallQueue;
  #channel: GuardChannel | undefined;
  #hasPolicy = false;
  /** Set once a policy did not come through, or was lost with its instance. */
  #policyLoss: { readonly cause: unknown } | undefined;
  /** The backend call that the running call was made from. */
  #caller: BackendCall | undefined;
  /** The backend call that the running call has made last. */
  #backendCall: BackendCall | undefined;
  #closing: Promise<void> | undefined;

  constructor(context: SessionContext, { backend }: SessionOptions) {
    if (backend !== undefined && typeof backend !== "function")
      throw new TypeError("the backend must be a function");
    this.#context = context;
    this.#queue = new CallQueue(context.maxWaitingCalls);
    this.#host = {
      callBackend: (tool, args, options) => this.#callBackend(backend, tool, args, options),
      log: (level, message) => {
        if (!context.logGuestMessages) return;
        context.logger[level]({ untrusted: true, guest: escapeGuestText(message) }, "message of the guard");
      },
    };
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

  async close(): Promise<void> {
    const closed = this.finish();
    if (!isInside(this.#context.scope.current(), this)) return closed;
    // Whoever closes next gets to know how it went.
    closed.catch(() => undefined);
  }

  /** What {@link close} waits for. */
  finish(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  get pending(): BackendCall | undefined {
    return this.#backendCall?.settled ? undefined : this.#backendCall;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#queue.close(new GuardError("CLOSED", "the session is closed"));
    try {
      await this.#channel?.close();
    } finally {
      this.#channel = undefined;
      this.#context.onClose(this);
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
    { signal, timeoutMs = this.#context.timeoutMs }: CallOptions,
  ): Promise<T> {
    assertTimeout("timeoutMs", timeoutMs);
    signal?.throwIfAborted();
    const caller = this.#context.scope.current();
    if (wouldWaitForItself(caller, this)) {
      throw new GuardError("REENTRANT", "the guard's backend called a session that is waiting for it");
    }
    const input = encode();
    const countdown = new Countdown(timeoutMs);
    // One for each call: a backend may wait for several of one session.
    const wait = { session: this };
    let hasTurn = false;
    let entered: GuardChannel | undefined;
    caller?.waitsFor.add(wait);
    try {
      const turn = this.#queue.enter(countdown, signal);
      if (turn !== undefined) await turn;
      hasTurn = true;
      this.#caller = caller;
      const bytes = input instanceof Uint8Array ? input : await waitFor(input, limitedBy(countdown, signal));
      this.#assertPolicy(operation);
      // A policy gets an instance that has seen nothing else: its answers, errors included, may be told.
      if (operation === "label_agent") this.#retire();
      const channel = this.#channel ?? (await this.#open(countdown, signal));
      const { left } = countdown;
      if (left <= 0) throw timedOut();
      signal?.throwIfAborted();
      entered = channel;
      const labels = decode(await channel.call(operation, bytes, { signal, timeoutMs: left }));
      if (operation === "label_agent") this.#hasPolicy = true;
      return labels;
    } catch (error) {
      if (hasTurn) this.#failed(operation, entered !== undefined && !isIntact(error, signal), error);
      throw error;
    } finally {
      caller?.waitsFor.delete(wait);
      if (hasTurn) this.#leave();
    }
  }

  /** Judges what a failed call has left behind. */
  #failed(operation: GuardOperation, isLost: boolean, error: unknown): void {
    const isRelabelling = operation === "label_agent";
    if (!isRelabelling && !isLost) return;
    if (isRelabelling || this.#hasPolicy) this.#policyLoss = { cause: error };
    if (GuardError.is(error) && error.lost) {
      this.#context.logger.warn({ code: error.code }, "an instance of the guard was lost");
    }
    this.#retire();
  }

  #leave(): void {
    // Whatever its backend still does, nobody waits for it any more.
    if (this.#backendCall !== undefined) this.#backendCall.settled = true;
    this.#backendCall = undefined;
    this.#caller = undefined;
    this.#queue.leave();
  }

  #assertPolicy(operation: GuardOperation): void {
    if (operation === "label_agent" || this.#hasPolicy) return;
    // Who gave a policy relies on it, required or not.
    if (!this.#context.policyRequired && this.#policyLoss === undefined) return;
    const why = this.#policyLoss === undefined ? "" : "; the instance it was given to is gone";
    throw new GuardError("NO_POLICY", `the session has no policy${why}: call labelAgent`, this.#policyLoss);
  }

  async #open(countdown: Countdown, signal: AbortSignal | undefined): Promise<GuardChannel> {
    // First of all, so that what opening does synchronously counts as well.
    const limits = limitedBy(countdown, signal);
    const opening = this.#context.compiled.open(this.#host);
    try {
      this.#channel = await waitFor(opening, limits);
      return this.#channel;
    } catch (error) {
      // One that opens after all belongs to nobody.
      opening.then((late) => this.#end(late)).catch(() => undefined);
      throw error;
    }
  }

  /** Lets go of an instance that must not be used again. */
  #retire(): void {
    const channel = this.#channel;
    this.#channel = undefined;
    this.#hasPolicy = false;
    if (channel !== undefined) void this.#end(channel);
  }

  async #end(channel: GuardChannel): Promise<void> {
    try {
      await channel.close();
    } catch (error) {
      this.#context.logger.error({ err: error }, "an instance of the guard could not be closed");
    }
  }

  #callBackend(
    backend: Backend = noBackend,
    tool: string,
    args: unknown,
    options: { readonly signal: AbortSignal },
  ): unknown {
    // Not the scope's current call: engines serve backend calls from wherever the guard's request arrives.
    const current: BackendCall = { session: this, outer: this.#caller, waitsFor: new Set(), settled: false };
    this.#backendCall = current;
    const succeeded = (answer: unknown) => {
      current.settled = true;
      return answer;
    };
    const failed = (error: unknown): never => {
      current.settled = true;
      // Only the error's kind: its message may quote arguments or results.
      const kind = error instanceof Error ? error.name : typeof error;
      this.#context.logger.warn({ error: kind }, "a backend call of the guard failed");
      throw error;
    };
    try {
      const answer = this.#context.scope.run(current, () => backend(toolCall(tool, args), options));
      return isThenable(answer) ? Promise.resolve(answer).then(succeeded, failed) : succeeded(answer);
    } catch (error) {
      return failed(error);
    }
  }
}

/** Whether a rejected call says that the instance has survived it. An abort's reason, whatever it is, says nothing. */
function isIntact(error: unknown, signal: AbortSignal | undefined): boolean {
  const isAbort = signal?.aborted && error === signal.reason;
  return !isAbort && GuardError.is(error) && !error.lost;
}

function noBackend(): never {
  throw new Error("the session has no backend");
}

/** What MCP can carry: an object of arguments, or none. */
function toolCall(name: string, args: unknown): BackendToolCall {
  if (args === null) return { name };
  if (typeof args === "object" && !Array.isArray(args))
    return { name, arguments: args as Record<string, unknown> };
  throw new TypeError("the guard's arguments for a backend call are not an object");
}

function limitedBy({ deadline }: Countdown, signal: AbortSignal | undefined): WaitLimits {
  return { deadline, signal, onTimeout: timedOut };
}

function timedOut(): GuardError {
  return new GuardError("TIMEOUT", "the deadline passed before the guard was entered");
}
