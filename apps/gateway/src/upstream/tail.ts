const MAX_BYTES = 2_048;

/** The last 2 KiB of a stream. */
export class Tail {
  #bytes: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(-MAX_BYTES)]).subarray(-MAX_BYTES);
  }

  text(): string {
    return this.#bytes.toString("utf8").trim();
  }
}
