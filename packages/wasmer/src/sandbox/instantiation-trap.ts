/**
 * What the instantiation of one prepared guard traps with, as by a segment that lies beyond its memory. Each process that meets it costs all
 * guards the client that they share, so it is found out after the first. Not before: that takes gigabytes of addresses until they are
 * collected, which processes need.
 */
export class InstantiationTrap {
  readonly #prepared: Uint8Array;
  #finding: Promise<void> | undefined;
  #found: Error | undefined;

  constructor(prepared: Uint8Array) {
    this.#prepared = prepared;
  }

  /** What it was found to trap with. */
  get found(): Error | undefined {
    return this.#found;
  }

  /** Finds it out; undefined where it does not trap, or cannot be tried for want of memory. */
  async find(): Promise<Error | undefined> {
    this.#finding ??= this.#find();
    await this.#finding;
    return this.#found;
  }

  /** Nothing of the guard runs here: rewriting has made its start function an export. */
  async #find(): Promise<void> {
    try {
      const module = await WebAssembly.compile(this.#prepared as BufferSource);
      await WebAssembly.instantiate(module, anyImports(module));
    } catch (error) {
      // Whatever else there is, the sandbox meets as well.
      if (error instanceof WebAssembly.RuntimeError) this.#found = error;
    }
  }
}

function anyImports(module: WebAssembly.Module): WebAssembly.Imports {
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = () => 0;
  }
  return imports;
}
