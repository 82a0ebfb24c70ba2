import { GuestMemory, WASI_SIGNATURES, type WasiFunction } from "@guardhost/core";
import { createSealedWasi, type SealedWasiOptions, type WasiImport } from "../src/wasi/sealed-wasi.js";

/** What the harness's `exit` throws. */
export class Exit {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/** A guest that has done nothing yet, and what its host has heard of it. */
export interface WasiGuest {
  /** The imports as a guest sees them: called through WebAssembly, which makes i32 and i64 of the arguments. */
  readonly wasi: Readonly<Record<WasiFunction, WasiImport>>;
  readonly memory: GuestMemory;
  /** Lines of its output, as `stream: text`. */
  readonly lines: string[];
  flush(): void;
}

/** Opens a sealed WASI over one page of memory. */
export function openGuest(options: Partial<SealedWasiOptions> = {}): WasiGuest {
  const memory = new GuestMemory(new WebAssembly.Memory({ initial: 1 }));
  const lines: string[] = [];
  const { imports, flush } = createSealedWasi({
    memory: () => memory,
    writeLine: (stream, line) => lines.push(`${stream}: ${line}`),
    logBytesLeft: () => 65_536,
    charge: () => undefined,
    exit(code) {
      throw new Exit(code);
    },
    ...options,
  });
  return { wasi: throughWebAssembly(imports), memory, lines, flush };
}

/** The names of all functions, typed. */
export const wasiFunctions = Object.keys(WASI_SIGNATURES) as WasiFunction[];

/** Writes an array of iovecs at `pointer` that name the given ranges. */
export function writeIovecs(
  memory: GuestMemory,
  pointer: number,
  ranges: [pointer: number, length: number][],
): void {
  for (const [index, [start, length]] of ranges.entries()) {
    memory.writeUint32(pointer + index * 8, start);
    memory.writeUint32(pointer + index * 8 + 4, length);
  }
}

/** Instantiates a module that imports every function with its signature and exports it again. */
function throughWebAssembly(
  imports: Readonly<Record<WasiFunction, WasiImport>>,
): Record<WasiFunction, WasiImport> {
  const { exports } = new WebAssembly.Instance(forwarder, { wasi: imports });
  return exports as Record<WasiFunction, WasiImport>;
}

const valueTypes = { i32: 0x7f, i64: 0x7e } as const;
const types = wasiFunctions.map((name) => {
  const params = WASI_SIGNATURES[name].params.map((type) => valueTypes[type]);
  const results = WASI_SIGNATURES[name].results.map(() => valueTypes.i32);
  return [0x60, ...vector(params.map((type) => [type])), ...vector(results.map((type) => [type]))];
});
const forwarder = new WebAssembly.Module(
  Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(
      2,
      wasiFunctions.map((name, index) => [...text("wasi"), ...text(name), 0x00, index]),
    ),
    ...section(
      7,
      wasiFunctions.map((name, index) => [...text(name), 0x00, index]),
    ),
  ]),
);

function section(id: number, entries: number[][]): number[] {
  const content = vector(entries);
  return [id, ...leb(content.length), ...content];
}

function vector(entries: number[][]): number[] {
  return [...leb(entries.length), ...entries.flat()];
}

function text(value: string): number[] {
  return vector(Array.from(value, (letter) => [letter.charCodeAt(0)]));
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}
