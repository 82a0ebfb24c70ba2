import { armTimer, GuardError, type GuardHost, type JsonHost, type Timer } from "@guardhost/core";
import { collectMemories } from "../collect-memories.js";
import { OPERATION } from "../mailbox/layout.js";
import type { Enclosed, GuardThread } from "./guard-thread.js";
import { leastLoaded } from "./least-loaded.js";
import type { Scheduler } from "./scheduler.js";
import { type CallSettings, ThreadCall } from "./thread-call.js";

/** Milliseconds that a thread has been free when it closes dropped instances without being asked for anything else. */
const DROP_AFTER_MS = 10;

/** Milliseconds that a thread has been free when it lets go of large buffers, and of itself if it is a spare one. */
const SHRINK_AFTER_MS = 1_000;

/** Milliseconds that a thread gets for it. */
const TIMEOUT_MS = 1_000;

/** Milliseconds that a thread gets to collect garbage, which can be a lot on a busy machine. */
const COLLECT_TIMEOUT_MS = 60_000;

/** Milliseconds that a collection waits for a thread that is in a call. */
const COLLECT_PATIENCE_MS = 100;

/** Milliseconds without another collection after one that has given nothing. */
const VAIN_MS = 1_000;

const NO_CHANNEL = 0;
const NO_INPUT = new Uint8Array(0);

/** Something to do about a thread that has been free for so long. */
interface Chore {
  readonly afterMs: number;
  isNeeded(thread: GuardThread): boolean;
  run(thread: GuardThread): void;
}

/** Tidies up where nobody is at work. One timer, which keeps no process alive and is armed only if there is something to do. */
export class Housekeeping {
  readonly #scheduler: Scheduler;
  readonly #settings: CallSettings;
  readonly #chores: readonly Chore[];
  #timer: Timer | undefined;
  /** When it fires. */
  #next = Number.POSITIVE_INFINITY;
  #collecting: Promise<void> | undefined;
  /** Until when nothing is collected, in terms of `performance.now()`. */
  #vainUntil = 0;

  constructor(scheduler: Scheduler, settings: CallSettings, idleMs: number) {
    this.#scheduler = scheduler;
    this.#settings = settings;
    this.#chores = [
      {
        afterMs: DROP_AFTER_MS,
        isNeeded: ({ drops }) => drops.length > 0,
        run: (thread) => void this.#request(thread, OPERATION.drop, TIMEOUT_MS),
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

  /** Whether {@link collect} may have anything to give. */
  get mayCollect(): boolean {
    return performance.now() >= this.#vainUntil;
  }

  /**
   * Makes room for memories of WebAssembly, for which some runtimes have little address space (1 TiB for a process of Chromium, of which
   * V8 reserves 8 GiB and more for each): what was dropped on a thread counts until it is collected there. So this thread does that,
   * and all of the pool but those that stay in a call. Never rejects.
   */
  collect(): Promise<void> {
    this.#collecting ??= this.#collect().finally(() => {
      this.#collecting = undefined;
    });
    return this.#collecting;
  }

  /** There was no memory after it either. */
  collectedInVain(): void {
    this.#vainUntil = performance.now() + VAIN_MS;
  }

  close(): void {
    this.#timer?.cancel();
    this.#next = Number.NEGATIVE_INFINITY;
  }

  #work(): void {
    this.#next = Number.POSITIVE_INFINITY;
    for (const thread of [...this.#scheduler.threads]) {
      if (!isIdle(thread)) continue;
      const now = performance.now();
      this.#chores.find((chore) => this.#dueAt(chore, thread) <= now)?.run(thread);
      if (isIdle(thread)) this.arrange(thread);
    }
  }

  #dueAt({ afterMs, isNeeded }: Chore, thread: GuardThread): number {
    return isNeeded(thread) ? thread.lease.since + afterMs : Number.POSITIVE_INFINITY;
  }

  async #collect(): Promise<void> {
    collectMemories();
    await Promise.all([...this.#scheduler.threads].map((thread) => this.#collectOn(thread)));
  }

  async #collectOn(thread: GuardThread): Promise<void> {
    if (!isIdle(thread)) {
      const deadline = performance.now() + COLLECT_PATIENCE_MS;
      const wish = { thread, host: nobody, nesting: undefined, pinned: true, deadline, signal: undefined };
      const leased = await this.#scheduler.turnOf(this.#scheduler.queue(wish)).catch(() => undefined);
      if (leased === undefined) return;
    }
    await this.#request(thread, OPERATION.collect, COLLECT_TIMEOUT_MS);
  }

  #renew(thread: GuardThread): void {
    try {
      const buffers = thread.freshBuffers();
      void this.#request(thread, OPERATION.renew, TIMEOUT_MS, { content: buffers }, () =>
        thread.mailbox.renew(buffers),
      );
    } catch {
      // Not even that much memory: all the more reason to let go of what the thread has.
      retire(thread);
    }
  }

  /** Resolves when it is over. What becomes of it concerns the thread only, which is given up if it does not answer. */
  async #request(
    thread: GuardThread,
    operation: typeof OPERATION.drop | typeof OPERATION.renew | typeof OPERATION.collect,
    timeoutMs: number,
    enclosed?: Enclosed,
    onDone?: () => void,
  ): Promise<void> {
    thread.lease.take();
    const onOver = () => {
      onDone?.();
      this.#scheduler.release(thread);
    };
    const letter = { operation, channel: NO_CHANNEL, input: NO_INPUT, timeoutMs };
    const call = new ThreadCall(this.#settings, thread, { host: nobody, onOver });
    await call.run({ letter, enclosed }).catch(() => undefined);
  }
}

/** No guest is entered. */
const nobody: JsonHost & GuardHost = {
  askBackend: refuse,
  callBackend: refuse,
  log: () => undefined,
};

function refuse(): never {
  throw new Error("nobody is called");
}

function isIdle({ lease, failure }: GuardThread): boolean {
  return failure === undefined && lease.isFree;
}

/** Whether no instance on it has to stay where it is. */
function mayGo(thread: GuardThread): boolean {
  return isIdle(thread) && thread.pinned === 0;
}

function retire(thread: GuardThread): void {
  thread.end(
    new GuardError("CLOSED", "the instance's thread had nothing to do for a while and was closed", {
      lost: true,
    }),
  );
}
