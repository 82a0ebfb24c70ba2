import { readFileSync } from "node:fs";

const PAGE_BYTES = 65_536;
const OUTPUT_BYTES = 4_194_304;
const EBADF = 8;
const TOO_LARGE = -2;

interface Exports {
  readonly memory: WebAssembly.Memory;
  alloc(size: number): number;
  dealloc(pointer: number, size: number): void;
  _initialize(): void;
}

type LabelFunction = (input: number, inputBytes: number, output: number, outputBytes: number) => number;

/** What a label function returned, and the bytes that it left with that: the answer, or the size it needs. */
export interface RawAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** An instance of a guard without a host around it: what no session lets through can be sent, and memory be seen. */
export class RawTagGuard {
  readonly exports: Exports;
  readonly logs: string[] = [];
  /** The bytes that the backend answers with. */
  backendAnswer: Uint8Array = new Uint8Array(0);

  constructor(file: URL) {
    const module = new WebAssembly.Module(readFileSync(file));
    const env = {
      call_backend: (...args: number[]) => {
        new Uint8Array(this.exports.memory.buffer).set(this.backendAnswer, (args[4] as number) >>> 0);
        return this.backendAnswer.length;
      },
      host_log: (_level: number, pointer: number, length: number) => {
        this.logs.push(new TextDecoder().decode(this.#view(pointer, length)));
      },
    };
    const imports = { env, wasi_snapshot_preview1: this.#wasi(module) };
    this.exports = new WebAssembly.Instance(module, imports).exports as unknown as Exports;
  }

  /** Succeeds without doing anything, where Go's runtime is content with that. */
  #wasi(module: WebAssembly.Module): WebAssembly.ModuleImports {
    const names = WebAssembly.Module.imports(module).map(({ name }) => name);
    let now = 0n;
    return {
      ...Object.fromEntries(names.map((name) => [name, () => 0])),
      // Directories are listed until there is none.
      fd_prestat_get: () => EBADF,
      clock_time_get: (_clock: number, _precision: bigint, pointer: number) => {
        now += 1_000_000n;
        new DataView(this.exports.memory.buffer).setBigUint64(pointer >>> 0, now, true);
        return 0;
      },
      proc_exit: (code: number) => {
        throw new Error(`exit with code ${code}`);
      },
    };
  }

  get pages(): number {
    return this.exports.memory.buffer.byteLength / PAGE_BYTES;
  }

  /** A string or bytes are sent as they are, anything else as JSON. */
  call(operation: string, input: unknown, capacity: number = OUTPUT_BYTES): RawAnswer {
    const text = typeof input === "string" ? input : JSON.stringify(input);
    const bytes = input instanceof Uint8Array ? input : new TextEncoder().encode(text);
    const inputPointer = this.exports.alloc(bytes.length);
    const outputPointer = this.exports.alloc(capacity);
    this.#view(inputPointer, bytes.length).set(bytes);
    const label = (this.exports as unknown as Record<string, LabelFunction>)[operation] as LabelFunction;
    const status = label(inputPointer, bytes.length, outputPointer, capacity);
    const written = status === TOO_LARGE ? Math.min(capacity, 4) : Math.max(status, 0);
    const answer = this.#view(outputPointer, written).slice();
    this.exports.dealloc(outputPointer, capacity);
    this.exports.dealloc(inputPointer, bytes.length);
    return { status, bytes: answer };
  }

  #view(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, pointer >>> 0, length >>> 0);
  }
}
