import { GuardError } from "../error.js";

/** Each keeps its stack, its memory and its caller's promises. */
const MAX_SUSPENDED = 1_000;

/**
 * Counts the guests that wait for an asynchronous backend, of all guards and engines that have their callers on this thread,
 * wherever the guests are: suspended on this thread, or each blocking a worker thread.
 */
class SuspendedGuests {
  #count = 0;

  /** Whether no guest may ask a backend that could take its time. */
  get isFull(): boolean {
    return this.#count >= MAX_SUSPENDED;
  }

  /** A guest begins to wait. */
  enter(): void {
    this.#count++;
  }

  /** It goes on, or has been stopped. */
  leave(): void {
    this.#count--;
  }
}

export const suspendedGuests: SuspendedGuests = new SuspendedGuests();

/** The error for a call whose guest wanted to be one too many. Its backend is not asked, and its instance intact. */
export function tooManySuspended(): GuardError {
  return new GuardError(
    "BUSY",
    `${MAX_SUSPENDED} guests wait for their backends already; try again later, or give calls shorter deadlines`,
  );
}
