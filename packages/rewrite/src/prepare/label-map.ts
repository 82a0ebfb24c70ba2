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
    return this.#constructs.top(ADDED);
  }

  /** What is noted of construct number `target` of the module's own. */
  note(target: number): number {
    return this.#constructs.get(target, NOTE);
  }

  setNote(target: number, note: number): void {
    this.#constructs.set(target, NOTE, note);
  }

  clear(): void {
    this.#constructs.clear();
    this.#all = 0;
  }

  /** Opens a construct of the module's own, inside `added` others, with any number to be remembered. */
  open(added: number, note = 0): void {
    this.#all += added;
    this.#constructs.push();
    this.#constructs.setTop(NUMBER, this.#all++);
    this.#constructs.setTop(ADDED, added);
    this.#constructs.setTop(NOTE, note);
  }

  /** Closes the innermost construct of the module's own, and what was added around it. */
  close(): void {
    this.#all -= 1 + this.added;
    this.#constructs.pop();
  }

  /** The label that leads to construct number `target` of the module's own. */
  label(target: number): number {
    return this.#all - 1 - this.#constructs.get(target, NUMBER);
  }
}
