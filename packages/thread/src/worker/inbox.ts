import { GuardError } from "@guardhost/core";
import type { Enclosure, StartMessage } from "../messages.js";
import type { CallerPort } from "../runtime/caller-port.js";

/** Messages of the caller's thread. They arrive while the worker's event loop turns, which it rarely does. */
export class Inbox {
  readonly #enclosures = new Map<number, unknown>();
  #start: StartMessage | undefined;
  #garbled = false;
  #onArrival: (() => void) | undefined;

  constructor(port: CallerPort) {
    port.listen(
      (message) => this.#accept(message as StartMessage | Enclosure),
      () => {
        this.#garbled = true;
        this.#onArrival?.();
      },
    );
  }

  async start(): Promise<StartMessage> {
    while (this.#start === undefined) await this.#arrival();
    return this.#start;
  }

  /** What came with a request. Throws a GuardError when it arrived but cannot be read. */
  async enclosure(generation: number): Promise<unknown> {
    while (!this.#enclosures.has(generation)) {
      if (this.#garbled) {
        this.#garbled = false;
        throw new GuardError(
          "ENGINE_UNAVAILABLE",
          "the guard cannot be handed to a worker thread here; run it on the caller's thread",
        );
      }
      await this.#arrival();
    }
    const content = this.#enclosures.get(generation);
    this.#enclosures.delete(generation);
    return content;
  }

  #accept(message: StartMessage | Enclosure): void {
    if (message.kind === "start") this.#start = message;
    else this.#enclosures.set(message.generation, message.content);
    this.#onArrival?.();
  }

  #arrival(): Promise<void> {
    return new Promise((resolve) => (this.#onArrival = resolve));
  }
}
