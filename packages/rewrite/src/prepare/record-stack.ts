/**
 * A stack of records, each of as many whole numbers of 32 bits: an object for each would cost more than its use. Its users read
 * and write {@link values} themselves, because a call for each field would as well, where nothing is compiled yet.
 */
export class RecordStack {
  private readonly fields: number;
  /** The fields of the first record, then those of the second, and so on. Another array after a {@link push}. */
  values: Int32Array;
  /** Where in {@link values} the last record begins. */
  last: number;

  constructor(fields: number) {
    this.fields = fields;
    this.values = new Int32Array(64 * fields);
    this.last = -fields;
  }

  /** How many records there are. */
  get length(): number {
    return this.last / this.fields + 1;
  }

  clear(): void {
    this.last = -this.fields;
  }

  /** Adds a record, whose fields hold anything, and returns where it begins. */
  push(): number {
    const last = this.last + this.fields;
    this.last = last;
    if (last === this.values.length) {
      const larger = new Int32Array(2 * last);
      larger.set(this.values);
      this.values = larger;
    }
    return last;
  }

  pop(): void {
    this.last -= this.fields;
  }

  /** Where in {@link values} a record begins. */
  at(record: number): number {
    return record * this.fields;
  }
}
