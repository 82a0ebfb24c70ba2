/** A memory or table of the module is larger from the start than the cap for it. */
export class WasmLimitError extends Error {
  override readonly name = "WasmLimitError";
  readonly kind: "memory" | "table";
  /** Which one: its place in its section, from 0. Imported ones are not counted. */
  readonly place: number;
  /** The minimum that the module declares, in pages of 64 KiB or in elements. */
  readonly minimum: number;
  /** The cap, in the same unit. */
  readonly cap: number;

  constructor(kind: "memory" | "table", place: number, minimum: number, cap: number) {
    const unit = kind === "memory" ? "pages" : "elements";
    super(
      `${kind} ${place} of the ${kind} section has a minimum of ${minimum} ${unit}, more than the cap of ${cap}; ` +
        `raise the cap, or build the module with a smaller ${kind}`,
    );
    this.kind = kind;
    this.place = place;
    this.minimum = minimum;
    this.cap = cap;
  }
}
