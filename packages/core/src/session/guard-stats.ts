import { GuardError, type GuardErrorCode } from "../error.js";

/** Counts of a guard since it was loaded, and what it has at the moment. Plain data. */
export interface GuardStats {
  /** Calls that were made, however they ended, and those that have not. */
  readonly calls: number;
  /** Calls that were aborted by their callers. */
  readonly aborts: number;
  /** Calls that failed with a GuardError, by its code. Codes that never came are not there. */
  readonly errors: { readonly [code in GuardErrorCode]?: number };
  /** Calls that failed otherwise: with arguments that make no sense, or in an engine. */
  readonly otherErrors: number;
  /** Sessions that are not closed. */
  readonly sessions: number;
  /** Instances that are open, or being opened. */
  readonly liveInstances: number;
  /** Calls that wait, for their turn in a session or for an instance to be put away. */
  readonly waitingCalls: number;
  /** Instances that were made anew for a session, after a loss or a hibernation. */
  readonly recoveries: number;
  /** Instances that were closed while nobody used them. */
  readonly hibernations: number;
}

/** What is counted as it happens. */
export class GuardCounters {
  calls = 0;
  recoveries = 0;
  hibernations = 0;
  #aborts = 0;
  #otherErrors = 0;
  readonly #errors = new Map<GuardErrorCode, number>();

  /** Counts a call that failed. */
  failed(error: unknown, aborted: boolean): void {
    if (aborted) this.#aborts++;
    else if (GuardError.is(error)) this.#errors.set(error.code, (this.#errors.get(error.code) ?? 0) + 1);
    else this.#otherErrors++;
  }

  /** The counts as they are now. */
  snapshot(): Pick<
    GuardStats,
    "calls" | "aborts" | "errors" | "otherErrors" | "recoveries" | "hibernations"
  > {
    const { calls, recoveries, hibernations } = this;
    const errors = Object.fromEntries(this.#errors);
    return { calls, aborts: this.#aborts, errors, otherErrors: this.#otherErrors, recoveries, hibernations };
  }
}
