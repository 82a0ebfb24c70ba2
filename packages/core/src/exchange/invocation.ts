import type { ChannelCallOptions, GuardLimits, GuardLogLevel } from "../engine.js";
import { GuardError } from "../error.js";
import type { GuestMemory } from "../memory/guest-memory.js";
import { onAbort } from "../time/on-abort.js";
import { waitFor } from "../time/wait-for.js";
import { BackendAnswers } from "./backend-answers.js";
import { timedOut } from "./failures.js";
import type { Interrupts } from "./interrupts.js";
import type { JsonHost } from "./json-host.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The call that is running on an instance: its budgets, its deadline, and why it will fail although the guest returns.
 *
 * One object serves all calls of an instance, one after the other. Host functions ask it what the guest may do, the
 * channel asks it afterwards what really happened: reasons are recorded here, because nothing that a host function
 * throws is safe from the guest.
 */
export class Invocation {
  readonly host: JsonHost;
  readonly limits: GuardLimits;
  readonly answers: BackendAnswers;
  /** Set once the instance exists; a start section runs before. */
  memory: GuestMemory | undefined;
  /** Where the guest has interrupt checks. */
  interrupts: Interrupts | undefined;
  #mayAskBackend = false;
  /** Whether code of the host has run for the guest: how long that takes, no check of the guest can tell. */
  #hostHasWorked = false;
  #signal: AbortSignal | undefined;
  /** In terms of `performance.now()`. */
  #deadline = Number.POSITIVE_INFINITY;
  #backendCalls = 0;
  #logBytesLeft: number;
  #failure: GuardError | undefined;
  #exit: GuardError | undefined;
  #backend: AbortController | undefined;
  #endListening: (() => void) | undefined;

  constructor(host: JsonHost, limits: GuardLimits) {
    this.host = host;
    this.limits = limits;
    this.answers = new BackendAnswers(limits.maxOutputBytes);
    this.#logBytesLeft = limits.maxLogBytes;
  }

  /**
   * Starts a call with fresh budgets. Returns the time, in terms of `performance.now()`.
   *
   * @param mayAskBackend false while the guest is initialised: only label functions may
   */
  begin({ signal, timeoutMs = Number.POSITIVE_INFINITY }: ChannelCallOptions, mayAskBackend = true): number {
    const now = performance.now();
    this.#mayAskBackend = mayAskBackend;
    this.#hostHasWorked = false;
    this.#signal = signal;
    this.#deadline = now + timeoutMs;
    this.#failure = undefined;
    this.#backendCalls = 0;
    this.#logBytesLeft = this.limits.maxLogBytes;
    return now;
  }

  /** Ends the call and lets go of everything that was the caller's. */
  end(): void {
    this.#mayAskBackend = false;
    this.#endListening?.();
    this.#endListening = undefined;
    this.#signal = undefined;
    this.#backend = undefined;
    this.answers.clear();
  }

  /** Before each run of the label function. Throws when the call has no time left or has failed already. */
  beforeAttempt(): void {
    const { stopped } = this;
    if (stopped !== undefined) throw stopped.reason;
    const isFirst = this.answers.nextAttempt() === 1;
    if (!isFirst && performance.now() >= this.#deadline) throw timedOut(false);
  }

  /** After the guest has returned. Throws why its answer does not count. */
  afterAnswer(): void {
    const { stopped } = this;
    if (stopped !== undefined) throw stopped.reason;
    // The clock is a good part of a small call, and a guest with checks is not later than the last of them.
    const mayBeLate = this.#hostHasWorked || this.interrupts === undefined;
    if (mayBeLate && performance.now() >= this.#deadline) throw timedOut(false);
  }

  /** Whether the caller has aborted the call. */
  get aborted(): boolean {
    return this.#signal?.aborted ?? false;
  }

  /** Why the call fails, whatever the guest makes of it; undefined while nothing stops it. */
  get stopped(): { readonly reason: unknown } | undefined {
    if (this.#exit !== undefined) return { reason: this.#exit };
    if (this.#signal?.aborted) return { reason: this.#signal.reason };
    if (this.#failure !== undefined) return { reason: this.#failure };
    return undefined;
  }

  /** Whether a running guest must not go on. A deadline that has passed is recorded. */
  mustStop(now: number): boolean {
    if (this.#exit !== undefined || this.#signal?.aborted || this.#failure?.lost) return true;
    if (now < this.#deadline) return false;
    this.fail(timedOut(true));
    return true;
  }

  /** Makes the call fail, and ends a backend call that is on its way. The first reason stays. */
  fail(reason: GuardError): void {
    this.#failure ??= reason;
    this.#backend?.abort(reason);
  }

  /** Records that the guest has exited; nothing it does counts any more. */
  exited(code: number): void {
    this.#exit ??= new GuardError(
      "EXITED",
      `the guard exited with code ${code >>> 0}; its instance is discarded`,
      {
        lost: true,
      },
    );
  }

  /** Takes one backend call off the budget. False when none is left, and when no label function may run any more. */
  takeBackendCall(): boolean {
    this.#hostHasWorked = true;
    if (!this.#mayAskBackend || this.stopped !== undefined) return false;
    if (performance.now() >= this.#deadline) {
      this.fail(timedOut(true));
      return false;
    }
    return ++this.#backendCalls <= this.limits.maxBackendCalls;
  }

  /** The signal for the backend: aborted by the caller, by the deadline, and by a failure of the call. */
  get backendSignal(): AbortSignal {
    if (this.#backend === undefined) {
      this.#backend = new AbortController();
      const signal = this.#signal;
      if (signal?.aborted) this.#backend.abort(signal.reason);
      else if (signal !== undefined)
        this.#endListening = onAbort(signal, () => this.#backend?.abort(signal.reason));
    }
    return this.#backend.signal;
  }

  /** Waits for the backend, at most until the call is aborted or its deadline passes. Rejects then. */
  untilStopped<T>(answer: PromiseLike<T>): Promise<T> {
    return waitFor(answer, {
      deadline: this.#deadline,
      signal: this.backendSignal,
      onTimeout: () => {
        const reason = timedOut(true);
        this.fail(reason);
        return reason;
      },
    });
  }

  /** Bytes of log text that the call may still write. */
  get logBytesLeft(): number {
    return this.#logBytesLeft;
  }

  /** Hands text of the guest to the host, invalid UTF-8 replaced, cut off where the log budget ends. */
  log(level: GuardLogLevel, text: Uint8Array | string): void {
    this.#hostHasWorked = true;
    if (this.#logBytesLeft === 0) return;
    const bytes = typeof text === "string" ? encoder.encode(text) : text;
    const kept = bytes.subarray(0, this.#logBytesLeft);
    // Empty messages cost something too, or there could be any number of them.
    this.#logBytesLeft -= Math.max(1, kept.length);
    try {
      this.host.log(level, decoder.decode(kept));
      if (this.#logBytesLeft > 0) return;
      this.host.log("warn", `(the log budget of ${this.limits.maxLogBytes} bytes per call is used up)`);
    } catch {
      // A broken log must not decide what flows, and nothing may be thrown into the guest.
    }
  }
}
