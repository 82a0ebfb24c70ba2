import type { CompiledGuard, GuardChannel, GuardHost } from "../engine.js";
import { GuardError } from "../error.js";
import type { InterruptibleWait } from "../time/interruptible-wait.js";
import type { WaitLimits } from "../time/wait-for.js";
import type { Breaker } from "./breaker.js";
import type { GuardEventListener, SessionEvent } from "./guard-event.js";
import type { GuardCounters } from "./guard-stats.js";
import { openedTooLate } from "./instance-failure.js";
import type { InstanceHolder, LiveInstances } from "./live-instances.js";
import type { GuardLogger } from "./logger.js";
import type { SessionCall } from "./session-call.js";

/** What the instances of a guard's sessions share. */
export interface InstanceContext {
  readonly compiled: CompiledGuard;
  readonly loadTimeoutMs: number;
  /** Whether an instance is made anew when it is gone. */
  readonly recovers: boolean;
  readonly live: LiveInstances;
  readonly breaker: Breaker | undefined;
  readonly counters: GuardCounters;
  readonly emit: GuardEventListener;
  readonly logger: GuardLogger;
}

/** What a session's instances ask. */
export interface InstanceHost extends GuardHost {
  /** Whether the guest of the running call waited for its backend until it had to stop. */
  readonly keptGuestWaiting: boolean;
}

/** The session that an instance belongs to. */
export interface InstanceOwner {
  /** The session and its principal, as events name them. */
  readonly named: SessionEvent;
  readonly host: InstanceHost;
  /** What its calls wait with for anything but their turn, their place and their guard. */
  readonly wait: InterruptibleWait;
}

/** How an instance was lost. */
export interface LossCircumstances {
  /** By the caller's abort. */
  readonly aborted: boolean;
  /** While its guest waited for its backend. */
  readonly keptWaiting: boolean;
}

/** Opens and ends the instances of one session, one after the other, and tells of those that are lost. */
export class InstanceOpener {
  readonly #context: InstanceContext;
  readonly #owner: InstanceOwner;

  constructor(context: InstanceContext, owner: InstanceOwner) {
    this.#context = context;
    this.#owner = owner;
  }

  /**
   * Opens an instance, once `holder` has a place for it. Rejects with `signal.reason`, with a GuardError `TIMEOUT` or
   * `BUSY`, and as the engine does.
   */
  async open(holder: InstanceHolder, call: SessionCall): Promise<GuardChannel> {
    const { live, compiled, loadTimeoutMs, recovers } = this.#context;
    // First of all: its time runs from here on.
    const { deadline, signal } = call;
    const place = live.enter(holder, call);
    if (place !== undefined) await place;
    call.assertWanted();
    const limits: WaitLimits = {
      deadline: Math.min(deadline, performance.now() + loadTimeoutMs),
      signal,
      onTimeout: openedTooLate,
    };
    const timeoutMs = Math.min(call.left, loadTimeoutMs);
    const options = { timeoutMs, signal, nesting: holder.nesting, pinned: !recovers };
    const opening = compiled.open(this.#owner.host, options);
    try {
      return await this.#owner.wait.for(opening, limits);
    } catch (error) {
      live.abandon(opening);
      // One that opens after all belongs to nobody. One that is lost after all was lost to its guard.
      const reportLate = (late: unknown) => {
        const isLoss = late !== error && GuardError.is(late) && late.lost && !call.isAbort(late);
        if (isLoss) this.report(late, { aborted: false, keptWaiting: false });
      };
      opening.then((late) => this.end(late), reportLate);
      throw error;
    }
  }

  /** Tells of an instance that was lost, and counts it against the guard unless the guard had no part in it. */
  report(error: unknown, { aborted, keptWaiting }: LossCircumstances): void {
    const { logger, emit, breaker } = this.#context;
    const code = !aborted && GuardError.is(error) ? error.code : undefined;
    if (code !== undefined) logger.warn({ code }, "an instance of the guard was lost");
    emit({ type: "lost", ...this.#owner.named, code, aborted });
    // The deadline of a guest that could not go on is its backend's doing.
    if (code === "TIMEOUT" && keptWaiting) return;
    // A caller's abort says nothing about the guard, nor does the end of a session.
    if (!aborted && code !== "CLOSED") breaker?.lost(this.#owner.named.principal);
  }

  /** Ends an instance. What goes wrong is logged. */
  async end(channel: GuardChannel): Promise<void> {
    try {
      await channel.close();
    } catch (error) {
      this.#context.logger.error({ err: error }, "an instance of the guard could not be closed");
    }
  }
}
