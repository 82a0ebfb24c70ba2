import type { GuardHost, JsonHost } from "@guardhost/core";
import type { OPERATION } from "../mailbox/layout.js";
import type { Enclosed, GuardThread } from "./guard-thread.js";
import type { Scheduler } from "./scheduler.js";
import { type CallSettings, ThreadCall } from "./thread-call.js";

const NO_CHANNEL = 0;
const NO_INPUT = new Uint8Array(0);

/** What a pool asks of a thread on its own account. */
export interface Upkeep {
  readonly operation: typeof OPERATION.drop | typeof OPERATION.renew | typeof OPERATION.collect;
  /** Milliseconds that the thread gets for it. */
  readonly timeoutMs: number;
  readonly enclosed?: Enclosed;
  /** Is called when it is over, before anybody else gets the thread. */
  readonly onDone?: () => void;
}

/** Asks free threads for what no guest is entered for. */
export class ThreadUpkeep {
  readonly #scheduler: Scheduler;
  readonly #settings: CallSettings;

  constructor(scheduler: Scheduler, settings: CallSettings) {
    this.#scheduler = scheduler;
    this.#settings = settings;
  }

  /** Resolves when it is over. What becomes of it concerns the thread only, which is given up if it does not answer. */
  async run(thread: GuardThread, { operation, timeoutMs, enclosed, onDone }: Upkeep): Promise<void> {
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

/** The host of guests that are not entered. */
export const nobody: JsonHost & GuardHost = {
  askBackend: refuse,
  callBackend: refuse,
  log: () => undefined,
};

function refuse(): never {
  throw new Error("nobody is called");
}
