import { Credit } from "./credit.js";

/** Milliseconds that a worker looks for the next request before it sleeps; about as long as it takes to wake it. */
const SPIN_MS = 0.1;

/** Milliseconds between a response and the next request up to which requests follow closely. */
const SOON_MS = 0.15;

/**
 * Decides whether a worker waits for its next request without sleeping: only for a moment, only on a machine with cores
 * to spare, only while requests follow closely, and only as long as that pays.
 */
export class Spinner {
  readonly #credit = new Credit();
  readonly #maySpin: boolean;
  #isSoon = false;
  #finishedAt = 0;

  constructor(maySpin: boolean) {
    this.#maySpin = maySpin;
  }

  /** Watches for a request. False when it has to be slept for. */
  spin(hasArrived: () => boolean): boolean {
    if (!this.#maySpin || !this.#isSoon || !this.#credit.ask()) return false;
    const until = this.#finishedAt + SPIN_MS;
    let arrived = hasArrived();
    while (!arrived && performance.now() < until) arrived = hasArrived();
    this.#credit.record(arrived);
    return arrived;
  }

  /** A request is there. Returns the time. */
  arrived(): number {
    const now = performance.now();
    this.#isSoon = now - this.#finishedAt < SOON_MS;
    return now;
  }

  /** The response is out. */
  finished(): void {
    this.#finishedAt = performance.now();
  }
}
