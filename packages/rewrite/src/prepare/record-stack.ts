/** A stack of records, each of as many whole numbers of 32 bits: an object for each would cost more than its use. */
export class RecordStack {
  readonly #fields: number;
  #values: Int32Array;
  #end = 0;

  constructor(fields: number) {
    this.#fields = fields;
    this.#values = new Int32Array(64 * fields);
  }

  /** How many records there are. */
  get length(): number {
    return this.#end / this.#fields;
  }

  clear(): void {
    this.#end = 0;
  }

  /** Adds a record of zeros. */
  push(): void {
    const end = this.#end + this.#fields;
    if (end > this.#values.length) {
      const larger = new Int32Array(2 * this.#values.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values.fill(0, this.#end, end);
    this.#end = end;
  }

  pop(): void {
    this.#end -= this.#fields;
  }

  get(record: number, field: number): number {
    return this.#values[record * this.#fields + field] as number;
  }

  set(record: number, field: number, value: number): void {
    this.#values[record * this.#fields + field] = value;
  }

  /** A field of the last record. */
  top(field: number): number {
    return this.#values[this.#end - this.#fields + field] as number;
  }

  setTop(field: number, value: number): void {
    this.#values[this.#end - this.#fields + field] = value;
  }
}
