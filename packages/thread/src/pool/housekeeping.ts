import { armTimer, GuardError, type Timer } from "@guardhost/core";
import { OPERATION } from "../mailbox/layout.js";
import type { GuardThread } from "./guard-thread.js";
import { leastLoaded } from "./least-loaded.js";
import type { Scheduler } from "./scheduler.js";
import type { ThreadUpkeep } from "./thread-upkeep.js";

/** Milliseconds that a thread has been free when it closes dropped instances without being asked for anything else. */
const DROP_AFTER_MS = 10;

/** Milliseconds that a thread has been free when it lets go of large buffers, and of itself if it is a spare one. */
const SHRINK_AFTER_MS = 1_000;

/** Milliseconds that a thread gets for it. */
const TIMEOUT_MS = 1_000;

/** Something to do about a thread that has been free for so long. */
interface Chore {
  readonly afterMs: number;
  isNeeded(thread: GuardThread): boolean;
  run(thread: GuardThread): void;
}

/** Tidies up where nobody is at work. One timer, which keeps no process alive and is armed only if there is something to do. */
export class Housekeeping {
  readonly #scheduler: Scheduler;
  readonly #upkeep: ThreadUpkeep;
  readonly #chores: readonly Chore[];
  #timer: Timer | undefined;
  /** When it fires. */
  #next = Number.POSITIVE_INFINITY;

  constructor(scheduler: Scheduler, upkeep: ThreadUpkeep, idleMs: number) {
    this.#scheduler = scheduler;
    this.#upkeep = upkeep;
    this.#chores = [
      {
        afterMs: DROP_AFTER_MS,
        isNeeded: ({ drops }) => drops.length > 0,
        run: (thread) => void upkeep.run(thread, { operation: OPERATION.drop, timeoutMs: TIMEOUT_MS }),
      },
      { afterMs: SHRINK_AFTER_MS, isNeeded: ({ isGiant }) => isGiant, run: (thread) => this.#renew(thread) },
      {
        afterMs: Math.min(SHRINK_AFTER_MS, idleMs),
        // Whichever thread is free: the one that is to go may have been since before there was one too many.
        isNeeded: (thread) => scheduler.spares > 0 && mayGo(thread),
        run: () => retire(leastLoaded([...scheduler.threads].filter(mayGo)) as GuardThread),
      },
      { afterMs: idleMs, isNeeded: ({ channels }) => channels === 0, run: retire },
    ];
  }

  /** Looks after a thread that is free. */
  arrange(thread: GuardThread): void {
    const due = Math.min(...this.#chores.map((chore) => this.#dueAt(chore, thread)));
    if (due >= this.#next) return;
    this.#timer?.cancel();
    this.#next = due;
    this.#timer = armTimer(due, () => this.#work(), { keepsAlive: false });
  }

  close(): void {
    this.#timer?.cancel();
    this.#next = Number.NEGATIVE_INFINITY;
  }

  #work(): void {
    this.#next = Number.POSITIVE_INFINITY;
    for (const thread of [...this.#scheduler.threads]) {
      if (!thread.isIdle) continue;
      const now = performance.now();
      this.#chores.find((chore) => this.#dueAt(chore, thread) <= now)?.run(thread);
      if (thread.isIdle) this.arrange(thread);
    }
  }

  #dueAt({ afterMs, isNeeded }: Chore, thread: GuardThread): number {
    return isNeeded(thread) ? thread.lease.since + afterMs : Number.POSITIVE_INFINITY;
  }

  #renew(thread: GuardThread): void {
    try {
      const buffers = thread.freshBuffers();
      void this.#upkeep.run(thread, {
        operation: OPERATION.renew,
        timeoutMs: TIMEOUT_MS,
        enclosed: { content: buffers },
        onDone: () => thread.mailbox.renew(buffers),
      });
    } catch {
      // Not even that much memory: all the more reason to let go of what the thread has.
      retire(thread);
    }
  }
}

/** Whether no instance on it has to stay where it is. */
function mayGo(thread: GuardThread): boolean {
  return thread.isIdle && thread.pinned === 0;
}

function retire(thread: GuardThread): void {
  thread.end(
    new GuardError("CLOSED", "the instance's thread had nothing to do for a while and was closed", {
      lost: true,
    }),
  );
}
