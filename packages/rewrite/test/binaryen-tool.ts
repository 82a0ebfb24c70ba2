import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";

type Program = (
  module: object,
  webAssembly: typeof WebAssembly,
  process: NodeJS.Process,
  require: NodeJS.Require,
  dirname: string,
  filename: string,
) => void;

/**
 * A program of Binaryen in this process. As one of its own it spends half a second on starting each time; here its
 * source and its WebAssembly are compiled once, and only the instance is new.
 */
class BinaryenTool implements Disposable {
  readonly #name: string;
  readonly #file: string;
  readonly #program: Program;
  readonly #folder: string;
  #compiled: WebAssembly.Module | undefined;

  /** `url` is where the program is. */
  constructor(url: string) {
    this.#file = fileURLToPath(url);
    this.#name = basename(this.#file);
    this.#program = compileFunction(readFileSync(this.#file, "utf8").replace(/^#!.*/, ""), [
      ...["Module", "WebAssembly", "process", "require", "__dirname", "__filename"],
    ]) as Program;
    this.#folder = mkdtempSync(join(tmpdir(), `guardhost-${this.#name}-`));
  }

  /** What comes out of these files, by the arguments that are made of their names. Rejects with what was printed on failure. */
  protected async output(
    inputs: Readonly<Record<string, Uint8Array>>,
    argumentsOf: (path: (name: string) => string) => readonly string[],
  ): Promise<Uint8Array<ArrayBuffer>> {
    const path = (name: string) => join(this.#folder, name);
    for (const [name, bytes] of Object.entries(inputs)) writeFileSync(path(name), bytes);
    await this.#run([...argumentsOf(path), "-o", path("output.wasm")]);
    return new Uint8Array(readFileSync(path("output.wasm")));
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  #run(args: readonly string[]): Promise<void> {
    const printed: string[] = [];
    const print = (line: string) => printed.push(line);
    const ownProcess = Object.create(process, {
      argv: { value: ["node", this.#file, ...args] },
      exitCode: { writable: true, value: 0 },
    }) as NodeJS.Process;
    return new Promise((resolve, reject) => {
      const ended = (code: unknown) =>
        code === 0 ? resolve() : reject(new Error(`${this.#name} ended with ${code}: ${printed.join("\n")}`));
      const module = {
        ...this.#instantiation(reject),
        print,
        printErr: print,
        onAbort: ended,
        onExit: ended,
        postRun: () => ended(ownProcess.exitCode),
      };
      const require = createRequire(this.#file);
      this.#program(module, this.#keepCompiled(), ownProcess, require, dirname(this.#file), this.#file);
    });
  }

  /** Spares the program decoding its own 9 MB of WebAssembly once they are compiled. */
  #instantiation(reject: (error: unknown) => void): object {
    const compiled = this.#compiled;
    if (compiled === undefined) return {};
    const instantiateWasm = (
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance) => void,
    ) => {
      WebAssembly.instantiate(compiled, imports).then(done).catch(reject);
      return {};
    };
    return { instantiateWasm };
  }

  /** The `WebAssembly` of the program: the first time, what it compiles is kept. */
  #keepCompiled(): typeof WebAssembly {
    const instantiate = async (bytes: BufferSource, imports: WebAssembly.Imports): Promise<object> => {
      this.#compiled = await WebAssembly.compile(bytes);
      return { instance: await WebAssembly.instantiate(this.#compiled, imports) };
    };
    return Object.create(WebAssembly, { instantiate: { value: instantiate } }) as typeof WebAssembly;
  }
}

/** Rewrites a module. */
export class WasmOpt extends BinaryenTool {
  constructor() {
    super(import.meta.resolve("binaryen/bin/wasm-opt"));
  }

  /** What wasm-opt makes of `input` with these arguments. Rejects with what it printed when it fails. */
  transform(input: Uint8Array, args: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
    return this.output({ input }, (path) => [...args, path("input")]);
  }
}

/** Links modules by the names of their imports and exports. */
export class WasmMerge extends BinaryenTool {
  constructor() {
    super(import.meta.resolve("binaryen/bin/wasm-merge"));
  }

  /** The one module made of those given by their names, with these proposals. Rejects with what was printed when it fails. */
  merge(
    modules: Readonly<Record<string, Uint8Array>>,
    features: readonly string[],
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.output(modules, (path) => [
      "--mvp-features",
      ...features.map((feature) => `--enable-${feature}`),
      ...Object.keys(modules).flatMap((name) => [path(name), name]),
    ]);
  }
}
