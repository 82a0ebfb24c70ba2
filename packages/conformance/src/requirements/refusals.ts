import type { GuardLimits } from "@guardhost/core";
import { type ModuleName, moduleBytes } from "../guest/module-bytes.js";

/** Something wrong with a module. */
export interface Refusal {
  readonly name: string;
  /** "A module that …". */
  readonly that: string;
  readonly module: ModuleName | Uint8Array;
  /** What the error must mention. */
  readonly says: string;
  readonly source?: string;
  readonly limits?: Partial<GuardLimits>;
}

/** A module of one type: `(type (struct))`, of the garbage collection proposal. */
const STRUCT_TYPE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 3, 1, 0x5f, 0]);

/** `(type (func (param (ref func))))`, of the typed function references proposal. */
const REFERENCE_TYPE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x64, 0x70, 0]);

/** The beginning of a component. */
const COMPONENT = new Uint8Array([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]);

/** The ids of sections. */
const SECTION = {
  type: 1,
  import: 2,
  function: 3,
  tag: 13,
  global: 6,
  export: 7,
  element: 9,
  code: 10,
} as const;

/** `(type (func))` */
const EMPTY_TYPE = [0x60, 0, 0];

/** Modules that have one thing more of a kind than a guard may have, and nothing that a guard needs. */
const TOO_MANY = {
  types: moduleOf([SECTION.type, 1_001, EMPTY_TYPE]),
  imports: moduleOf([SECTION.type, 1, EMPTY_TYPE], [SECTION.import, 1_001, [0, 0, 0, 0]]),
  functions: moduleOf(
    [SECTION.type, 1, EMPTY_TYPE],
    [SECTION.function, 100_001, [0]],
    [SECTION.code, 100_001, [2, 0, 0x0b]],
  ),
  // 201 functions of 50,000 i32 each.
  locals: moduleOf(
    [SECTION.type, 1, EMPTY_TYPE],
    [SECTION.function, 201, [0]],
    [SECTION.code, 201, [6, 1, ...leb(50_000), 0x7f, 0x0b]],
  ),
  globals: moduleOf([SECTION.global, 10_001, [0x7f, 0, 0x41, 0, 0x0b]]),
  tags: moduleOf([SECTION.type, 1, EMPTY_TYPE], [SECTION.tag, 1_001, [0, 0]]),
  exports: moduleOf(
    [SECTION.type, 1, EMPTY_TYPE],
    [SECTION.function, 1, [0]],
    [SECTION.export, 10_001, [0, 0, 0]],
    [SECTION.code, 1, [2, 0, 0x0b]],
  ),
  // Ten passive segments of 10,001 times function 0.
  elements: moduleOf([SECTION.element, 10, [1, 0, ...leb(10_001), ...Array<number>(10_001).fill(0)]]),
} as const;

/** 10,001 times `(block (type 0))`. */
const TOO_MANY_TYPED_BLOCKS = moduleOfCode(Array.from({ length: 10_001 }, () => [0x02, 0, 0x0b]).flat());

/** 20,000 times `block`, in a function, which is one as well, and as many times `end`. */
const NESTED_TOO_DEEP = moduleOfCode([
  ...Array.from({ length: 20_000 }, () => [0x02, 0x40]).flat(),
  ...Array<number>(20_000).fill(0x0b),
]);

/** `(type (func (param i32 …)))`, 65 times i32. */
const LONG_SIGNATURE = moduleOf([SECTION.type, 1, [0x60, ...leb(65), ...Array<number>(65).fill(0x7f), 0]]);

/** Modules that are no guards, one for each reason. */
export const refusals: readonly Refusal[] = [
  { name: "no-bytes", that: "is empty", module: new Uint8Array(0), says: "module" },
  {
    name: "no-wasm",
    that: "is no WebAssembly",
    module: new TextEncoder().encode("<!doctype html>"),
    says: "module",
  },
  { name: "component", that: "is a component", module: COMPONENT, says: "module" },
  { name: "truncated", that: "ends too early", module: moduleBytes("guard").subarray(0, -1), says: "module" },
  { name: "trailing-bytes", that: "goes on behind its end", module: withTrailingBytes(), says: "module" },
  { name: "ill-typed", that: "does not validate", module: "illTyped", says: "module" },
  { name: "no-label-agent", that: "lacks label_agent", module: "noLabelAgent", says: "label_agent" },
  {
    name: "no-label-resource",
    that: "lacks label_resource",
    module: "noLabelResource",
    says: "label_resource",
  },
  {
    name: "no-label-response",
    that: "lacks label_response",
    module: "noLabelResponse",
    says: "label_response",
  },
  {
    name: "label-with-few-parameters",
    that: "has a label function of three parameters",
    module: "labelWithFewParameters",
    says: "(i32, i32, i32) -> (i32)",
  },
  {
    name: "label-without-result",
    that: "has a label function without a result",
    module: "labelWithoutResult",
    says: "(i32, i32, i32, i32) -> ()",
  },
  {
    name: "label-with-long-result",
    that: "has a label function with a 64-bit result",
    module: "labelWithLongResult",
    says: "(i32, i32, i32, i32) -> (i64)",
  },
  {
    name: "label-is-no-function",
    that: "exports a global as label_agent",
    module: "labelIsGlobal",
    says: "global",
  },
  { name: "command", that: "is a command, not a reactor", module: "commandOnly", says: "_start" },
  { name: "no-memory", that: "has no memory", module: "noMemory", says: "memory", source: "spec 1.2, W30" },
  {
    name: "private-memory",
    that: "keeps its memory to itself",
    module: "privateMemory",
    says: "memory",
    source: "spec 1.2, W30",
  },
  {
    name: "memory-of-other-name",
    that: "exports its memory under another name",
    module: "memoryOfOtherName",
    says: '"mem"',
    source: "spec 1.2, W30",
  },
  {
    name: "memory-is-no-memory",
    that: "exports a function as memory",
    module: "memoryIsFunction",
    says: "function",
    source: "spec 1.2, W30",
  },
  {
    name: "memory-too-large",
    that: "needs more memory than maxMemoryPages",
    module: "nineMemoryPages",
    limits: { maxMemoryPages: 8 },
    says: "maxMemoryPages",
    source: "spec 1.1",
  },
  {
    name: "no-allocator",
    that: "lacks alloc and dealloc, unless allowDirectMemory is set",
    module: "noAllocator",
    says: "allowDirectMemory",
    source: "spec 1.2, W29",
  },
  {
    name: "half-an-allocator",
    that: "has alloc but no dealloc, unless allowDirectMemory is set",
    module: "noDealloc",
    says: "dealloc",
    source: "spec 1.2, W29",
  },
  {
    name: "alloc-without-result",
    that: "has an alloc without a result",
    module: "allocWithoutResult",
    says: "alloc",
    source: "W30",
  },
  {
    name: "dealloc-with-few-parameters",
    that: "has a dealloc of one parameter",
    module: "deallocWithFewParameters",
    says: "dealloc",
    source: "W30",
  },
  {
    name: "alloc-is-no-function",
    that: "exports its memory as alloc",
    module: "allocIsMemory",
    says: "alloc",
    source: "W30",
  },
  {
    name: "initialize-with-result",
    that: "has an _initialize with a result",
    module: "initializeWithResult",
    says: "_initialize",
    source: "W33, design 6",
  },
  {
    name: "import-from-elsewhere",
    that: "imports from a module that no host provides",
    module: "importFromElsewhere",
    says: "wasi_unstable",
    source: "spec 1.1, design 5",
  },
  {
    name: "import-from-prototype",
    that: "imports from a module named like a member of every object",
    module: "importFromPrototype",
    says: "__proto__",
    source: "design 5",
  },
  {
    name: "import-of-interrupt-checks",
    that: "imports what only the host's own rewriter may import",
    module: "importInterruptCheck",
    says: "guardhost.check",
    source: "design 4, 5",
  },
  {
    name: "unknown-host-function",
    that: "imports a host function that does not exist",
    module: "importUnknownHostFunction",
    says: "env.abort",
    source: "spec 1.1, 1.3",
  },
  {
    name: "prototype-member",
    that: "imports a host function named like a member of every object",
    module: "importPrototypeMember",
    says: "env.toString",
    source: "spec 1.3",
  },
  {
    name: "host-log-of-other-type",
    that: "imports host_log with another signature",
    module: "importHostFunctionWrongly",
    says: "host_log",
    source: "spec 1.3",
  },
  {
    name: "call-backend-of-other-type",
    that: "imports call_backend with another signature",
    module: "importBackendWrongly",
    says: "call_backend",
    source: "spec 1.3",
  },
  {
    name: "unknown-wasi-function",
    that: "imports a WASI function that does not exist",
    module: "importUnknownWasiFunction",
    says: "thread_spawn",
    source: "spec 1.1, 1.4",
  },
  {
    name: "wasi-function-of-other-type",
    that: "imports a WASI function with another signature",
    module: "importWasiFunctionWrongly",
    says: "clock_time_get",
    source: "spec 1.1, 1.4",
  },
  {
    name: "imported-memory",
    that: "imports its memory",
    module: "importMemory",
    says: "env.memory",
    source: "design 5",
  },
  {
    name: "imported-table",
    that: "imports a table",
    module: "importTable",
    says: "env.table",
    source: "design 5",
  },
  {
    name: "imported-global",
    that: "imports a global",
    module: "importGlobal",
    says: "env.global",
    source: "design 5",
  },
  {
    name: "table-too-large",
    that: "needs a larger table than maxTableElements",
    module: "nineTableElements",
    limits: { maxTableElements: 8 },
    says: "maxTableElements",
    source: "design 5",
  },
  {
    name: "too-many-tables",
    that: "has more than 4 tables, for each of which the limit holds",
    module: "fiveTables",
    says: "5 tables",
    source: "design 5",
  },
  ...Object.entries(TOO_MANY).map(([what, module]) => ({
    name: `too-many-${what}`,
    that: `has more ${what} than an engine makes in a moment`,
    module,
    says: `${what}, more than`,
    source: "design 5",
  })),
  {
    name: "too-many-typed-blocks",
    that: "has more blocks with parameters than an engine should keep in mind",
    module: TOO_MANY_TYPED_BLOCKS,
    says: "10001 blocks",
    source: "design 5",
  },
  {
    name: "nested-too-deep",
    that: "has code that is nested deeper than an engine should keep in mind",
    module: NESTED_TOO_DEEP,
    says: "20001 deep",
    source: "design 5",
  },
  {
    name: "long-signature",
    that: "has a function type that makes each call of it slow to check",
    module: LONG_SIGNATURE,
    says: "65 parameters and results",
    source: "design 5",
  },
  {
    name: "table-of-exceptions",
    that: "has a table of exceptions",
    module: "exceptionTable",
    says: "exnref",
    source: "design 5, 8",
  },
  {
    name: "exception-of-exceptions",
    that: "has exceptions that carry exceptions",
    module: "exceptionOfExceptions",
    says: "exnref",
    source: "design 5, 8",
  },
  {
    name: "exception-of-vectors",
    that: "has exceptions that carry vectors",
    module: "exceptionOfVectors",
    says: "v128",
    source: "design 5, 8",
  },
  {
    name: "large-exceptions",
    that: "has exceptions that carry more than 4 values",
    module: "largeException",
    says: "5 parameters",
    source: "design 5, 8",
  },
  {
    name: "threads",
    that: "shares its memory with threads",
    module: "threads",
    says: "threads",
    source: "design 5",
  },
  {
    name: "memory64",
    that: "has a 64-bit memory",
    module: "memory64",
    says: "64-bit memory",
    source: "design 5",
  },
  {
    name: "multi-memory",
    that: "has two memories",
    module: "multiMemory",
    says: "several memories",
    source: "design 5",
  },
  {
    name: "function-references",
    that: "uses typed function references",
    module: REFERENCE_TYPE,
    says: "typed function references",
    source: "design 5",
  },
  {
    name: "garbage-collection",
    that: "uses garbage collection",
    module: STRUCT_TYPE,
    says: "garbage collection",
    source: "design 5",
  },
];

/** A module of sections, each of `count` equal entries. */
function moduleOf(
  ...sections: readonly (readonly [id: number, count: number, entry: readonly number[]])[]
): Uint8Array {
  const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  for (const [id, count, entry] of sections) {
    const number = leb(count);
    bytes.push(id, ...leb(number.length + count * entry.length), ...number);
    for (let left = count; left > 0; left--) for (const byte of entry) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** A module of one function `() -> ()` without locals. */
function moduleOfCode(code: readonly number[]): Uint8Array {
  return moduleOf(
    [SECTION.type, 1, EMPTY_TYPE],
    [SECTION.function, 1, [0]],
    [SECTION.code, 1, [...leb(code.length + 2), 0, ...code, 0x0b]],
  );
}

/** An unsigned number in LEB128. */
function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

function withTrailingBytes(): Uint8Array {
  return new Uint8Array([...moduleBytes("minimal"), 0xff, 0xff]);
}
