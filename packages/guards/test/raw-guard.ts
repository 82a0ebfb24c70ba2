import { readFileSync } from "node:fs";
import { wasiStub } from "./wasi-stub.js";

export type LabelFunction = "label_agent" | "label_resource" | "label_response";

/** A tool of the backend. Throwing is a failure; a string is sent as it is, anything else as JSON. */
export type Backend = (tool: string, args: unknown) => unknown;

interface GuardExports {
  memory: WebAssembly.Memory;
  alloc(size: number): number;
  dealloc(pointer: number, size: number): void;
  _initialize?(): void;
  /** The start function of a prepared module. */
  "guardhost.start"?(): void;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

const OUTPUT_BYTES = 4_194_304;
/** 32 MiB. */
const MAX_PAGES = 512;

/** Compiles a guard of this package. */
export function compileGuard(name: string): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(new URL(`../dist/${name}`, import.meta.url)));
}

/** One instance of a guard, driven through nothing but the ABI. */
export class RawGuard {
  readonly exports: GuardExports;
  readonly #functions: WebAssembly.Exports;
  /** What the guard logged, as "level message". */
  readonly logs: string[] = [];
  /** What it was asked so far. */
  readonly calls: { readonly operation: LabelFunction; readonly input: Uint8Array }[] = [];
  /** Backend calls so far. */
  backendCalls = 0;

  /** `interrupts` are the imports that a prepared module has more than the guard it was made from. */
  constructor(module: WebAssembly.Module, backend?: Backend, interrupts: WebAssembly.ModuleImports = {}) {
    const wasiNames = WebAssembly.Module.imports(module)
      .filter((entry) => entry.module === "wasi_snapshot_preview1")
      .map((entry) => entry.name);
    const instance = new WebAssembly.Instance(module, {
      env: {
        host_log: (level: number, pointer: number, length: number) => {
          this.logs.push(`${level} ${decoder.decode(this.#bytes(pointer, length))}`);
        },
        call_backend: (...args: number[]) => this.#callBackend(args, backend),
      },
      wasi_snapshot_preview1: wasiStub(() => this.exports.memory, wasiNames),
      guardhost: interrupts,
    });
    this.#functions = instance.exports;
    this.exports = instance.exports as unknown as GuardExports;
    this.exports["guardhost.start"]?.();
    this.exports._initialize?.();
  }

  get pages(): number {
    return this.exports.memory.buffer.byteLength / 65_536;
  }

  /** Runs a label function once. A string or bytes are sent as they are, anything else as JSON. */
  run(
    name: LabelFunction,
    input: unknown,
    capacity: number = OUTPUT_BYTES,
  ): { code: number; output: Uint8Array } {
    const bytes =
      typeof input === "string" ? encoder.encode(input) : input instanceof Uint8Array ? input : json(input);
    this.calls.push({ operation: name, input: bytes });
    const inPointer = this.#alloc(bytes.length);
    const outPointer = this.#alloc(capacity);
    this.#bytes(inPointer, bytes.length).set(bytes);
    const label = this.#functions[name] as (...args: number[]) => number;
    const code = label(inPointer, bytes.length, outPointer, capacity);
    if (code > capacity) throw new Error(`${name} answered ${code} bytes for a buffer of ${capacity}`);
    const output = this.#bytes(outPointer, code < 0 ? Math.min(capacity, 4) : code).slice();
    this.exports.dealloc(outPointer, capacity);
    this.exports.dealloc(inPointer, bytes.length);
    if (this.pages > MAX_PAGES) throw new Error(`the memory grew to ${this.pages} pages`);
    return { code, output };
  }

  /** The answer of a label function, which must be JSON. Runs it once more if it asks for a larger buffer. */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the shape it looks at
  answer(name: LabelFunction, input: unknown): any {
    let { code, output } = this.run(name, input);
    if (code === -2)
      ({ code, output } = this.run(name, input, new DataView(output.buffer).getUint32(0, true)));
    if (code < 0) throw new Error(`${name} failed with ${code}: ${this.logs.at(-1)}`);
    return JSON.parse(decoder.decode(output));
  }

  #alloc(size: number): number {
    const pointer = this.exports.alloc(size) >>> 0;
    if (pointer === 0) throw new Error(`no memory for ${size} bytes`);
    return pointer;
  }

  #bytes(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, pointer >>> 0, length >>> 0);
  }

  #callBackend(args: number[], backend: Backend | undefined): number {
    const [name = 0, nameLength = 0, argsPointer = 0, argsLength = 0, result = 0, capacity = 0] = args;
    this.backendCalls++;
    let bytes: Uint8Array;
    try {
      if (backend === undefined) throw new Error("this guard has no backend");
      const tool = decoder.decode(this.#bytes(name, nameLength));
      const answer = backend(tool, JSON.parse(decoder.decode(this.#bytes(argsPointer, argsLength))));
      bytes = typeof answer === "string" ? encoder.encode(answer) : json(answer);
    } catch {
      return -1;
    }
    if (bytes.length > capacity >>> 0) {
      new DataView(this.exports.memory.buffer).setUint32(result >>> 0, bytes.length, true);
      return -2;
    }
    this.#bytes(result, bytes.length).set(bytes);
    return bytes.length;
  }
}

function json(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}
