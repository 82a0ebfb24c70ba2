import { type GuestMemory, GuestMemoryError, type Invocation } from "@guardhost/core";

/** What each call of the shim costs, in instructions of a guest: some 20 µs. */
export const CALL_UNITS = 50_000;

/** The guest whose calls are answered. */
export class CallingGuest {
  readonly #invocation: Pick<Invocation, "memory" | "interrupts">;

  constructor(invocation: Pick<Invocation, "memory" | "interrupts">) {
    this.#invocation = invocation;
  }

  /** Throws a GuestMemoryError before it is known. */
  get memory(): GuestMemory {
    const { memory } = this.#invocation;
    if (memory === undefined) throw new GuestMemoryError("the guest's memory is not known yet");
    return memory;
  }

  /** Counts work for the guest, in instructions of its own. */
  charge(units: number): void {
    this.#invocation.interrupts?.charge(units);
  }
}
