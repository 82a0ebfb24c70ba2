import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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
 * Binaryen's wasm-opt in this process. As a program of its own it spends half a second on starting each time; here its
 * source and its WebAssembly are compiled once, and only the instance is new.
 */
export class WasmOpt implements Disposable {
  readonly #file = fileURLToPath(import.meta.resolve("binaryen/bin/wasm-opt"));
  readonly #program = compileFunction(readFileSync(this.#file, "utf8").replace(/^#!.*/, ""), [
    ...["Module", "WebAssembly", "process", "require", "__dirname", "__filename"],
  ]) as Program;
  readonly #folder = mkdtempSync(join(tmpdir(), "guardhost-wasm-opt-"));
  #compiled: WebAssembly.Module | undefined;

  /** What wasm-opt makes of `input` with these arguments. Rejects with what it printed when it fails. */
  async transform(input: Uint8Array, args: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
    const [from, to] = [join(this.#folder, "input"), join(this.#folder, "output.wasm")];
    writeFileSync(from, input);
    await this.#run([...args, from, "-o", to]);
    return new Uint8Array(readFileSync(to));
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
        code === 0 ? resolve() : reject(new Error(`wasm-opt ended with ${code}: ${printed.join("\n")}`));
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
