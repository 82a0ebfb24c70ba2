import type { GuardOperation } from "../abi/abi.js";
import type { ChannelCallOptions, GuardChannel, GuardLimits } from "../engine.js";
import { GuardError } from "../error.js";
import type { ExchangeRequest } from "./exchange.js";
import { inputTooLarge } from "./failures.js";
import type { Invocation } from "./invocation.js";

/** What a channel needs to know of its instance. */
export interface ChannelParts {
  /** The state of the call that is running. */
  readonly invocation: Invocation;
  /**
   * Runs a label function, with all its attempts, and answers with bytes that are the caller's. Fails with a GuardError whose
   * `lost` says whether the instance is still intact. `now` is the time in terms of `performance.now()`.
   */
  readonly exchange: (
    request: ExchangeRequest,
    now: number,
    options: ChannelCallOptions,
  ) => Uint8Array | Promise<Uint8Array>;
  /** Runs when the channel is closed during a call, for a guest that would not notice by its next question to the host. */
  readonly interrupt?: (() => void) | undefined;
  /** Runs after each call, for instance to pass on what the guest printed. */
  readonly afterEntry?: (() => void) | undefined;
  /** Runs once, when the guest never runs again: lost or closed. Must not throw. */
  readonly afterEnd?: (() => void) | undefined;
}

/** Makes a channel of an instance that is ready for calls, wherever it is. */
export function createChannel(parts: ChannelParts): GuardChannel {
  return new InvocationChannel(parts);
}

class InvocationChannel implements GuardChannel {
  readonly #exchange: ChannelParts["exchange"];
  readonly #invocation: Invocation;
  readonly #interrupt: (() => void) | undefined;
  readonly #afterEntry: (() => void) | undefined;
  #afterEnd: (() => void) | undefined;
  readonly #beforeAttempt: () => void;
  #running = false;
  #closed = false;
  #loss: unknown;

  constructor({ invocation, exchange, interrupt, afterEntry, afterEnd }: ChannelParts) {
    this.#exchange = exchange;
    this.#interrupt = interrupt;
    this.#invocation = invocation;
    this.#afterEntry = afterEntry;
    this.#afterEnd = afterEnd;
    this.#beforeAttempt = () => invocation.beforeAttempt();
  }

  call(
    operation: GuardOperation,
    input: Uint8Array,
    options: ChannelCallOptions = {},
  ): Uint8Array | Promise<Uint8Array> {
    const invocation = this.#invocation;
    const { limits } = invocation;
    const refusal = this.#refusal(input, limits);
    if (refusal !== undefined) return Promise.reject(refusal);
    this.#running = true;
    const now = invocation.begin(options);
    const request = { operation, input, limits, beforeAttempt: this.#beforeAttempt };
    let answer: Uint8Array | Promise<Uint8Array>;
    try {
      answer = this.#exchange(request, now, options);
    } catch (error) {
      return this.#fail(error);
    }
    if (answer instanceof Uint8Array) return this.#finish(answer);
    return answer.then(
      (late) => this.#finish(late),
      (error) => this.#fail(error),
    );
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#running) return this.#end();
    // A guest that waits for its backend is resumed, so that its stack is not left behind.
    this.#invocation.fail(new GuardError("CLOSED", "the guard was closed during the call", { lost: true }));
    this.#interrupt?.();
  }

  /** Ends a call that the guest has answered. Rejects with why the answer does not count. */
  #finish(answer: Uint8Array): Uint8Array | Promise<never> {
    try {
      this.#invocation.afterAnswer();
    } catch (error) {
      return this.#fail(error);
    }
    this.#leave();
    return answer;
  }

  /** Ends a call that has failed, and rejects with why. */
  #fail(error: unknown): Promise<never> {
    const invocation = this.#invocation;
    const failure = failureOf(invocation, error);
    // An abort costs the instance whatever its reason says, which is the caller's and not about the guest.
    if (!GuardError.is(failure) || failure.lost || invocation.aborted) this.#lose(failure);
    this.#leave();
    return Promise.reject(failure);
  }

  #leave(): void {
    this.#running = false;
    this.#invocation.end();
    this.#afterEntry?.();
    if (this.#closed) this.#end();
  }

  #end(): void {
    const afterEnd = this.#afterEnd;
    this.#afterEnd = undefined;
    afterEnd?.();
  }

  #lose(reason: unknown): void {
    this.#closed = true;
    this.#loss = reason;
  }

  /** Why a call cannot be made. */
  #refusal(input: Uint8Array, limits: GuardLimits): GuardError | undefined {
    if (this.#closed) {
      const cause = this.#loss;
      return new GuardError("CLOSED", "this instance of the guard is gone; open another", {
        lost: true,
        cause,
      });
    }
    if (this.#running) return new GuardError("REENTRANT", "this instance of the guard is in a call already");
    return input.length > limits.maxInputBytes ? inputTooLarge(input.length, limits) : undefined;
  }
}

/** Why a call really failed: the reason on record explains more than the error that arrived, and both can cost the instance. */
export function failureOf(invocation: Invocation, arrived: unknown): unknown {
  const { stopped } = invocation;
  if (stopped === undefined || stopped.reason === arrived) return arrived;
  const { reason } = stopped;
  const intact = GuardError.is(reason) && !reason.lost && !invocation.aborted;
  if (!intact || (GuardError.is(arrived) && !arrived.lost)) return reason;
  return new GuardError(reason.code, reason.message, { lost: true, cause: arrived });
}
