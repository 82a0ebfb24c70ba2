import { untilAborted } from "../call/until-aborted.js";

/**
 * Work that everybody who needs it waits for together. What has succeeded is not done again; what has failed is, by whoever
 * comes next. It is aborted when nobody waits for it any more.
 */
export class SingleFlight {
  #flight: Flight | undefined;
  #isDone = false;

  /** Rejects with what the work rejects with, or with `signal.reason`. */
  async run(signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#isDone) return;
    signal.throwIfAborted();
    this.#flight ??= this.#begin(work);
    const flight = this.#flight;
    flight.waiting++;
    try {
      await untilAborted(signal, flight.landed);
    } finally {
      flight.waiting--;
      if (flight.waiting === 0 && this.#flight === flight) {
        this.#flight = undefined;
        flight.controller.abort(new Error("nobody waits for it any more"));
      }
    }
  }

  /** Lets the next one do the work again. */
  reset(): void {
    this.#isDone = false;
  }

  #begin(work: (signal: AbortSignal) => Promise<void>): Flight {
    const controller = new AbortController();
    const landed = work(controller.signal).then(() => {
      if (this.#flight === flight) this.#isDone = true;
    });
    const flight: Flight = { controller, landed, waiting: 0 };
    return flight;
  }
}

interface Flight {
  readonly controller: AbortController;
  readonly landed: Promise<void>;
  waiting: number;
}
