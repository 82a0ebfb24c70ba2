import { RecordStack } from "./record-stack.js";

/** Fields of a construct. */
const NUMBER = 0;
const ADDED = 1;
const NOTE = 2;

/** Counts constructs with and without those that are put around loops, and so converts labels. */
export class LabelMap {
  readonly #constructs = new RecordStack(3);
  /** How many constructs are open, added ones included. */
  #all = 0;

  /** How many constructs of the module's own are open. */
  get depth(): number {
    return this.#constructs.length;
  }

  /** How many constructs were added around the innermost one of the module's own. */
  get added(): number {
    return this.#constructs.values[this.#constructs.last + ADDED] as number;
  }

  /** What is noted of construct number `target` of the module's own. */
  note(target: number): number {
    return this.#constructs.values[this.#constructs.at(target) + NOTE] as number;
  }

  setNote(target: number, note: number): void {
    this.#constructs.values[this.#constructs.at(target) + NOTE] = note;
  }

  clear(): void {
    this.#constructs.clear();
    this.#all = 0;
  }

  /** Opens a construct of the module's own, inside `added` others, with any number to be remembered. */
  open(added: number, note = 0): void {
    const last = this.#constructs.push();
    const { values } = this.#constructs;
    const number = this.#all + added;
    values[last + NUMBER] = number;
    values[last + ADDED] = added;
    values[last + NOTE] = note;
    this.#all = number + 1;
  }

  /** Closes the innermost construct of the module's own, and what was added around it. */
  close(): void {
    this.#all -= 1 + this.added;
    this.#constructs.pop();
  }

  /** The label that leads to construct number `target` of the module's own. */
  label(target: number): number {
    return this.#all - 1 - (this.#constructs.values[this.#constructs.at(target) + NUMBER] as number);
  }
}
