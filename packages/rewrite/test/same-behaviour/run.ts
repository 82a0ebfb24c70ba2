import { createHash } from "node:crypto";
import type { FunctionSignature, ModuleDescription, ValueType } from "@guardhost/core";
import { randomNumbers } from "../mutate.js";
import type { Meter } from "./meter.js";

/** A module to run, and what to look at meanwhile. */
export interface Subject {
  readonly module: Uint8Array<ArrayBuffer>;
  /** Given for a prepared module. */
  readonly meter?: Meter | undefined;
  /** The export that was the start function, where instantiation does not run it. */
  readonly start?: string | undefined;
  /** A number to note at each event. */
  readonly reading?: ((exports: WebAssembly.Exports) => number) | undefined;
}

export interface Observation {
  /** What was seen from outside, in order: calls of imports, results, traps, exceptions, and the state in the end. */
  readonly events: readonly string[];
  /** For each event, the subject's reading. */
  readonly readings: readonly number[];
  /** For each event, whether the guest had returned to the host when it was noted. */
  readonly outside: readonly boolean[];
  /** Whether the stack overflowed. Everything ends there, because nobody promises how deep it is. */
  readonly overflowed: boolean;
}

/** What the exports and imports of the prepared module have more than those of the original. */
const OWN = "guardhost";
const ADDED_IMPORTS = 2;

/**
 * Starts `subject` and calls each of its functions twice, with arguments that depend on nothing but `seed`. `original`
 * describes the module before it was prepared or otherwise changed. Ends with the first function that fails after the
 * guest was told to stop.
 */
export function run(subject: Subject, original: ModuleDescription, seed: number): Observation {
  return new Run(subject, original, seed).observe();
}

/** Nothing more is to be called: the stack overflowed, or the guest was stopped. */
class Over extends Error {
  readonly overflowed: boolean;

  constructor(overflowed: boolean) {
    super();
    this.overflowed = overflowed;
  }
}

class Run {
  readonly #events: string[] = [];
  readonly #readings: number[] = [];
  readonly #outside: boolean[] = [];
  readonly #subject: Subject;
  readonly #original: ModuleDescription;
  readonly #random: (bound: number) => number;
  readonly #importedFunctions: number;
  /** Of the original's functions. */
  readonly #signatures: ReadonlyMap<string, FunctionSignature>;
  /** Empty until the start function is over, as for a module that has a start section. */
  #exports: WebAssembly.Exports = {};
  #allExports: WebAssembly.Exports = {};

  constructor(subject: Subject, original: ModuleDescription, seed: number) {
    this.#subject = subject;
    this.#original = original;
    this.#random = randomNumbers(seed * 2_654_435_761);
    this.#importedFunctions = original.imports.filter(({ kind }) => kind === "function").length;
    this.#signatures = new Map(
      original.exports.flatMap(({ name, signature }) => (signature ? [[name, signature]] : [])),
    );
  }

  observe(): Observation {
    const seen = { events: this.#events, readings: this.#readings, outside: this.#outside };
    try {
      if (this.#attempt("start", () => this.#start())) {
        for (const name of this.#signatures.keys()) for (let i = 0; i < 2; i++) this.#callExport(name);
        this.#noteState();
      }
    } catch (error) {
      if (!(error instanceof Over)) throw error;
      return { ...seen, overflowed: error.overflowed };
    }
    return { ...seen, overflowed: false };
  }

  #start(): void {
    const { module, meter, start } = this.#subject;
    const imports: Record<string, Record<string, unknown>> = meter ? { [OWN]: meter.imports } : {};
    for (const entry of this.#original.imports) {
      imports[entry.module] ??= {};
      (imports[entry.module] as Record<string, unknown>)[entry.name] = this.#import(entry.name, entry.kind);
    }
    const { exports } = new WebAssembly.Instance(
      new WebAssembly.Module(module),
      imports as WebAssembly.Imports,
    );
    this.#allExports = exports;
    meter?.attach(exports[`${OWN}.countdown`] as WebAssembly.Global<"i32">);
    if (start !== undefined && this.#original.start) (exports[start] as () => void)();
    this.#exports = exports;
  }

  #import(name: string, kind: string): unknown {
    switch (kind) {
      case "function":
        return (...args: unknown[]) => this.#called(name, args);
      case "tag":
        return name === "jstag" ? jsTag : wasmTag;
      case "global":
        return "a global of the host";
      default:
        throw new Error(`nobody provides the ${kind} ${name}`);
    }
  }

  /** A call of the host. The names are those that Binaryen's fuzzer imports. */
  #called(name: string, args: readonly unknown[]): unknown {
    this.#note(`${name}(${args.map((value) => this.#show(value)).join(", ")})`, false);
    const [first, second] = args;
    switch (name) {
      case "throw":
        throw first ? new WebAssembly.Exception(wasmTag, [first]) : new Error("of the host");
      case "table-get":
        return this.#table(first as number)?.get((first as number) >>> 0) ?? null;
      case "table-set":
        this.#table(first as number)?.set((first as number) >>> 0, second as null);
        return undefined;
      case "call-export":
        return this.#callNumber(first as number);
      case "call-export-catch":
        return this.#caught(() => this.#callNumber(first as number));
      case "call-ref":
        return (first as (() => unknown) | null)?.();
      case "call-ref-catch":
        return this.#caught(() => (first as () => unknown)());
      case "sleep":
        return second;
      default:
        return undefined;
    }
  }

  #table(index: number): WebAssembly.Table | undefined {
    const table = this.#exports.table as WebAssembly.Table | undefined;
    return table !== undefined && index >>> 0 < table.length ? table : undefined;
  }

  #callNumber(index: number): void {
    const names = [...this.#signatures.keys()];
    const name = names[(index >>> 0) % names.length] as string;
    (this.#exports[name] as (() => unknown) | undefined)?.();
  }

  #caught(call: () => unknown): number {
    try {
      call();
      return 0;
    } catch (error) {
      if (isOverflow(error) || this.#subject.meter?.stopped) throw error;
      return 1;
    }
  }

  #callExport(name: string): void {
    const { params } = this.#signatures.get(name) as FunctionSignature;
    const args = params.map((type) => this.#argument(type));
    this.#attempt(name, () => {
      const call = this.#exports[name] as (...args: unknown[]) => unknown;
      this.#note(`${name} returned ${this.#show(call(...args))}`);
    });
  }

  /** Whether `action` ended without an error, which is noted otherwise. */
  #attempt(name: string, action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      if (isOverflow(error)) throw new Over(true);
      this.#note(`${name} failed: ${this.#show(error)}`);
      if (this.#subject.meter?.stopped) throw new Over(false);
      return false;
    }
  }

  #noteState(): void {
    for (const { name } of this.#original.exports) {
      const value = this.#exports[name];
      if (value instanceof WebAssembly.Memory) {
        const digest = createHash("sha256").update(new Uint8Array(value.buffer)).digest("hex");
        this.#note(`${name}: ${value.buffer.byteLength} bytes, ${digest}`);
      } else if (value instanceof WebAssembly.Global) {
        this.#attempt(name, () => this.#note(`${name}: ${this.#show(value.value)}`));
      } else if (value instanceof WebAssembly.Table) {
        this.#attempt(name, () => this.#note(`${name}: ${this.#showTable(value)}`));
      }
    }
  }

  #showTable(table: WebAssembly.Table): string {
    const elements = Array.from({ length: Math.min(table.length, 100) }, (_, i) => this.#show(table.get(i)));
    return `${table.length} elements, ${elements.join(" ")}`;
  }

  #note(event: string, outside = true): void {
    this.#events.push(event);
    this.#outside.push(outside);
    if (this.#subject.reading) this.#readings.push(this.#subject.reading(this.#allExports));
  }

  #show(value: unknown): string {
    if (typeof value === "function") return `function ${this.#index(value)}`;
    if (Array.isArray(value)) return `[${value.map((item) => this.#show(item)).join(", ")}]`;
    if (Object.is(value, -0)) return "-0";
    if (value instanceof WebAssembly.Exception) return this.#showException(value);
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    return typeof value === "bigint" ? `${value}n` : String(value);
  }

  #showException(exception: WebAssembly.Exception): string {
    if (exception.is(wasmTag)) return `exception with ${exception.getArg(wasmTag, 0)}`;
    const own = Object.entries(this.#exports).find(
      ([, tag]) => tag instanceof WebAssembly.Tag && exception.is(tag),
    );
    return own === undefined ? "exception" : `exception of ${own[0]}`;
  }

  /** The index that a function of the guest had in the original: its name, in V8. */
  #index(value: { readonly name: string }): number {
    const index = Number(value.name);
    const shifted = this.#subject.meter !== undefined && index >= this.#importedFunctions;
    return shifted ? index - ADDED_IMPORTS : index;
  }

  #argument(type: ValueType): unknown {
    const number = [0, 1, 2, 7, -1, 0x7fff_ffff, 100, 65_536][this.#random(8)] as number;
    switch (type) {
      case "i64":
        return BigInt(number) * (this.#random(2) === 0 ? 1n : 0x1_0000_0001n);
      case "f32":
      case "f64":
        return number * 1.5;
      case "externref":
        return `object ${number}`;
      case "funcref":
        return null;
      default:
        return number;
    }
  }
}

const wasmTag = new WebAssembly.Tag({ parameters: ["i32"] });
/** What JavaScript's own exceptions are caught by, where it can be had. */
const jsTag: WebAssembly.Tag =
  (WebAssembly as { JSTag?: WebAssembly.Tag }).JSTag ?? new WebAssembly.Tag({ parameters: ["externref"] });

function isOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes("call stack");
}
