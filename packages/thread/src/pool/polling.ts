import type { CallerMailbox } from "../mailbox/caller-mailbox.js";
import { Credit } from "../mailbox/credit.js";

/** Milliseconds that a caller looks for a response before it leaves that to its event loop. */
const POLL_MS = 0.03;

/** Calls in a row after which the caller's event loop has to turn, whatever comes next: two or three milliseconds of them. */
const CALLS_PER_TURN = 64;

/** How often the callers of a pool have gone on without their event loop. */
export class EventLoopDebt {
  #calls = 0;

  /** One call more. True when the event loop has to turn first. */
  add(): boolean {
    return ++this.#calls > CALLS_PER_TURN;
  }

  /** The event loop has turned. */
  clear(): void {
    this.#calls = 0;
  }
}

/**
 * Decides whether a caller waits for a response on the spot: only where the worker is wide awake, only for a moment, and
 * only as long as that pays. A message through the event loop costs several times as much as a short call.
 */
export class Polling {
  readonly #credit = new Credit();

  /** Looks for news of a request. False when they have to be waited for. */
  poll(mailbox: CallerMailbox, wasAwake: boolean): boolean {
    if (!wasAwake || !this.#credit.ask()) return false;
    const until = performance.now() + POLL_MS;
    let found = mailbox.hasNews();
    while (!found && performance.now() < until) found = mailbox.hasNews();
    this.#credit.record(found);
    return found;
  }
}
