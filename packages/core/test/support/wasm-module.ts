import { bytesOf } from "./bytes.js";

/** A function of a module whose values are all i32. */
export interface WasmFunction {
  /** Its export name; not exported without one. */
  readonly name?: string;
  readonly params: number;
  readonly results: number;
  /** Locals beside the parameters. */
  readonly locals?: number;
  /** Instructions without the final `end`; see {@link op}. */
  readonly body: readonly number[];
}

/** What {@link wasmModule} puts together. */
export interface WasmModuleOptions {
  readonly imports?: readonly { readonly name: string; readonly params: number; readonly results: number }[];
  /** Their indices count from the number of imports up. */
  readonly functions: readonly WasmFunction[];
  readonly pages?: number;
  readonly maxPages?: number;
  /** Index of the function that runs at instantiation. */
  readonly start?: number;
}

const I32 = 0x7f;

/** The instructions that the test modules need. */
export const op = {
  unreachable: [0x00],
  return: [0x0f],
  drop: [0x1a],
  add: [0x6a],
  call: (index: number): number[] => [0x10, ...unsigned(index)],
  get: (local: number): number[] => [0x20, ...unsigned(local)],
  tee: (local: number): number[] => [0x22, ...unsigned(local)],
  const: (value: number): number[] => [0x41, ...signed(value)],
  /** Takes an address. */
  load: [0x28, 2, 0],
  /** Takes an address and a value. */
  store: [0x36, 2, 0],
  /** Takes a number of pages, gives the old size or -1. */
  grow: [0x40, 0],
  /** Takes destination, source and length. */
  copy: [0xfc, 0x0a, 0, 0],
};

/** `alloc` and `dealloc` of a guest that never frees; its heap begins at 1,024. */
export const bumpAllocator: readonly WasmFunction[] = [
  {
    name: "alloc",
    params: 1,
    results: 1,
    locals: 1,
    // The word at address 0 says how much is taken.
    body: [
      ...op.const(0),
      ...op.const(0),
      ...op.load,
      ...op.tee(1),
      ...op.get(0),
      ...op.add,
      ...op.store,
      ...op.get(1),
      ...op.const(1_024),
      ...op.add,
    ],
  },
  { name: "dealloc", params: 2, results: 0, body: [] },
];

/** A module in the binary format, which exports its memory as "memory" and imports from "env". */
export function wasmModule(options: WasmModuleOptions): Uint8Array<ArrayBuffer> {
  const { imports = [], functions, pages = 1, maxPages, start } = options;
  const types = [...imports, ...functions];
  const exported = functions.flatMap(({ name }, i) =>
    name === undefined ? [] : [[...text(name), 0, ...unsigned(imports.length + i)]],
  );
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      types.map(({ params, results }) => [
        0x60,
        ...vector(Array(params).fill([I32])),
        ...vector(Array(results).fill([I32])),
      ]),
    ),
    ...section(
      2,
      imports.map(({ name }, i) => [...text("env"), ...text(name), 0, ...unsigned(i)]),
    ),
    ...section(
      3,
      functions.map((_function, i) => unsigned(imports.length + i)),
    ),
    ...section(5, [
      maxPages === undefined ? [0, ...unsigned(pages)] : [1, ...unsigned(pages), ...unsigned(maxPages)],
    ]),
    ...section(7, [[...text("memory"), 2, 0], ...exported]),
    ...(start === undefined ? [] : [8, ...sized(unsigned(start))]),
    ...section(
      10,
      functions.map(({ locals = 0, body }) =>
        sized([...vector(locals === 0 ? [] : [[...unsigned(locals), I32]]), ...body, 0x0b]),
      ),
    ),
  ]);
}

function section(id: number, items: readonly number[][]): number[] {
  return items.length === 0 ? [] : [id, ...sized(vector(items))];
}

function vector(items: readonly number[][]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function sized(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes];
}

function text(value: string): number[] {
  return sized([...bytesOf(value)]);
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return last ? [low] : [low | 0x80, ...signed(rest)];
}
