/** A construct that is open at some point of the program. */
export interface Label {
  readonly name: string;
  /** How many values, all i32, a branch to it takes. Undefined for a label that is for exceptions only. */
  readonly arity: number | undefined;
  /** Whether it is a legacy `try` that we are in a catch of, so that `rethrow` may name it. */
  readonly caught?: boolean;
}

/** A label that a branch can go to. */
export type Target = Label & { readonly arity: number };

/** Where a statement stands: the constructs around it, outermost first, and how deep statements may still nest. */
export interface Place {
  readonly labels: readonly Label[];
  readonly depth: number;
}

/** The type of a function. Its parameters and results are the locals that every function has. */
export interface Signature {
  readonly type: string;
  readonly params: readonly ("$x" | "$y" | "$z")[];
  readonly results: readonly ("$x" | "$y" | "$z")[];
}

/** The types of the functions, declared in each program by these names. */
export const signatures: readonly Signature[] = [
  { type: "$void", params: [], results: [] },
  { type: "$one", params: ["$x"], results: ["$x"] },
  { type: "$pair", params: ["$x", "$y"], results: ["$x", "$y"] },
  { type: "$mixed", params: ["$z", "$x"], results: ["$z"] },
];
