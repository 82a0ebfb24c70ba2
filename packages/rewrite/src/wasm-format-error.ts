/** The bytes are not a WebAssembly module as this package can read it. Says what was expected, what was found and where. */
export class WasmFormatError extends Error {
  override readonly name = "WasmFormatError";
  /** Where the problem is, in bytes from the start of the module. */
  readonly offset: number;

  /** `problem` without the offset, which the message gets by itself. */
  constructor(problem: string, offset: number) {
    super(`${problem} at offset 0x${offset.toString(16)}`);
    this.offset = offset;
  }
}
