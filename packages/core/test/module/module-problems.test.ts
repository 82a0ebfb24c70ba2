import { describe, expect, test } from "vitest";
import { GuardError } from "../../src/error.js";
import { resolveLimits } from "../../src/limits.js";
import type {
  ExportDescription,
  FunctionSignature,
  ImportDescription,
  ModuleDescription,
  ValueType,
  WasmFeature,
} from "../../src/module/module-description.js";
import { assertGuardModule, formatSignature, moduleProblems } from "../../src/module/module-problems.js";

const limits = resolveLimits();
const direct = resolveLimits({ allowDirectMemory: true });

function signature(params: number | ValueType[], results: number | ValueType[]): FunctionSignature {
  const types = (list: number | ValueType[]) => (typeof list === "number" ? Array(list).fill("i32") : list);
  return { params: types(params), results: types(results) };
}

function func(name: string, type: FunctionSignature): ExportDescription {
  return { name, kind: "function", signature: type };
}

const label = signature(4, 1);
const goodExports: readonly ExportDescription[] = [
  { name: "memory", kind: "memory" },
  func("label_agent", label),
  func("label_resource", label),
  func("label_response", label),
  func("alloc", signature(1, 1)),
  func("dealloc", signature(2, 0)),
];

/** A description without any problem, but for what `changes` says. */
function described(changes: Partial<ModuleDescription> = {}): ModuleDescription {
  return {
    bytes: 1_000,
    imports: [],
    exports: goodExports,
    memories: [{ min: 1, imported: false }],
    tables: [],
    tags: [],
    types: 4,
    signatureValues: 5,
    globals: 1,
    elements: 0,
    functions: 5,
    locals: 9,
    typedBlocks: 0,
    nesting: 3,
    start: false,
    customSections: [],
    features: [],
    ...changes,
  };
}

/** The good exports with those of the same name replaced, and those named alone left out. */
function exporting(...changed: (ExportDescription | string)[]): ModuleDescription {
  const nameOf = (item: ExportDescription | string) => (typeof item === "string" ? item : item.name);
  const names = changed.map(nameOf);
  const added = changed.filter((item) => typeof item !== "string");
  return described({ exports: [...goodExports.filter(({ name }) => !names.includes(name)), ...added] });
}

function importing(...imports: ImportDescription[]): ModuleDescription {
  return described({ imports });
}

function imported(module: string, name: string, type?: FunctionSignature): ImportDescription {
  return { module, name, kind: "function", ...(type === undefined ? {} : { signature: type }) };
}

describe("a module without problems", () => {
  test.each<[what: string, module: ModuleDescription]>([
    ["the least there can be", described()],
    [
      "both host functions",
      importing(
        imported("env", "call_backend", signature(6, 1)),
        imported("env", "host_log", signature(3, 0)),
      ),
    ],
    [
      "functions of WASI",
      importing(
        imported("wasi_snapshot_preview1", "fd_write", signature(4, 1)),
        imported("wasi_snapshot_preview1", "proc_exit", signature(1, 0)),
        imported("wasi_snapshot_preview1", "clock_time_get", signature(["i32", "i64", "i32"], 1)),
        imported("wasi_snapshot_preview1", "sched_yield", signature(0, 1)),
      ),
    ],
    ["an _initialize", exporting(func("_initialize", signature(0, 0)))],
    ["a _start as well as label functions", exporting(func("_start", signature(0, 0)))],
    ["a start section", described({ start: true })],
    [
      "memory, tables and bytes up to the limits",
      described({
        memories: [{ min: 512, max: 65_536, imported: false }],
        tables: tablesOf(100_000, 4),
        bytes: limits.maxModuleBytes,
      }),
    ],
    [
      "as many types, imports, functions, locals, globals, tags, exports and elements as there may be",
      described({
        types: 1_000,
        signatureValues: 64,
        imports: Array(1_000).fill(imported("env", "host_log", signature(3, 0))),
        functions: 100_000,
        locals: 10_000_000,
        typedBlocks: 10_000,
        nesting: 20_000,
        globals: 10_000,
        tags: Array(1_000).fill({ params: ["i32", "i64", "f32", "f64"] }),
        exports: [...goodExports, ...Array(10_000 - goodExports.length).fill({ name: "g", kind: "global" })],
        elements: 100_000,
      }),
    ],
    [
      "features that are bounded",
      described({ features: ["simd", "relaxed-simd", "tail-calls", "exceptions", "legacy-exceptions"] }),
    ],
    [
      "exports that mean nothing",
      exporting({ name: "__proto__", kind: "global" }, func("toString", signature(0, 0))),
    ],
  ])("has %s", (_what, module) => {
    expect(moduleProblems(module, limits)).toEqual([]);
    expect(() => assertGuardModule(module, limits)).not.toThrow();
  });

  test("needs no allocator where direct memory is allowed", () => {
    expect(moduleProblems(exporting("alloc", "dealloc"), direct)).toEqual([]);
    expect(moduleProblems(exporting("dealloc"), direct)).toEqual([]);
  });
});

const noAllocator =
  "so that the host's buffers do not overlap the guard's own memory, or set limits.allowDirectMemory";
const labelText = "(i32, i32, i32, i32) -> (i32)";

describe("each problem is named", () => {
  test.each<[module: ModuleDescription, problem: string]>([
    [described({ bytes: 8_388_609 }), "has 8388609 bytes, more than the 8388608 of limits.maxModuleBytes"],
    [exporting("label_agent"), `exports no label_agent: ${labelText}`],
    [exporting("label_resource"), `exports no label_resource: ${labelText}`],
    [exporting("label_response"), `exports no label_response: ${labelText}`],
    [
      exporting({ name: "label_agent", kind: "global" }),
      "exports label_agent as a global, not as a function",
    ],
    [
      exporting(func("label_agent", signature(3, 1))),
      `exports label_agent as (i32, i32, i32) -> (i32); it must be ${labelText}`,
    ],
    [
      exporting(func("label_response", signature(4, 0))),
      `exports label_response as (i32, i32, i32, i32) -> (); it must be ${labelText}`,
    ],
    [
      exporting(func("label_resource", signature(4, 2))),
      `exports label_resource as (i32, i32, i32, i32) -> (i32, i32); it must be ${labelText}`,
    ],
    [
      exporting(func("label_resource", signature(["i64", "i32", "i32", "i32"], 1))),
      `exports label_resource as (i64, i32, i32, i32) -> (i32); it must be ${labelText}`,
    ],
    [
      exporting({ name: "label_agent", kind: "function" }),
      `exports label_agent as a function of unknown type; it must be ${labelText}`,
    ],
    [exporting("memory"), 'exports no memory named "memory"'],
    [
      exporting("memory", { name: "mem", kind: "memory" }),
      'exports no memory named "memory" (its memory is exported as "mem")',
    ],
    [exporting(func("memory", signature(0, 0))), 'exports "memory" as a function, not as a memory'],
    [
      described({ memories: [{ min: 513, imported: false }] }),
      "needs 513 pages of memory, more than the 512 of limits.maxMemoryPages",
    ],
    [
      exporting("alloc", "dealloc"),
      `lacks an allocator: export alloc: (i32) -> (i32) and dealloc: (i32, i32) -> (), ${noAllocator}`,
    ],
    [exporting("alloc"), `lacks an allocator: export alloc: (i32) -> (i32), ${noAllocator}`],
    [exporting("dealloc"), `lacks an allocator: export dealloc: (i32, i32) -> (), ${noAllocator}`],
    [
      exporting(func("alloc", signature(2, 1))),
      "exports alloc as (i32, i32) -> (i32); it must be (i32) -> (i32)",
    ],
    [
      exporting(func("dealloc", signature(1, 0))),
      "exports dealloc as (i32) -> (); it must be (i32, i32) -> ()",
    ],
    [exporting({ name: "alloc", kind: "table" }), "exports alloc as a table, not as a function"],
    [
      exporting(func("_initialize", signature(0, 1))),
      "exports _initialize as () -> (i32); it must be () -> ()",
    ],
    [
      exporting({ name: "_initialize", kind: "memory" }),
      "exports _initialize as a memory, not as a function",
    ],
    [importing(imported("env", "abort", signature(4, 0))), 'imports "env.abort", which does not exist'],
    [importing(imported("env", "toString", signature(0, 0))), 'imports "env.toString", which does not exist'],
    [
      importing(imported("wasi_snapshot_preview1", "constructor", signature(0, 0))),
      'imports "wasi_snapshot_preview1.constructor", which does not exist',
    ],
    [
      importing(imported("wasi_unstable", "fd_write", signature(4, 1))),
      'imports "wasi_unstable.fd_write", but only env and wasi_snapshot_preview1 can be imported from',
    ],
    [
      importing(imported("__proto__", "toString", signature(0, 0))),
      'imports "__proto__.toString", but only env and wasi_snapshot_preview1 can be imported from',
    ],
    [
      importing(imported("env", "host_log", signature(2, 0))),
      'imports "env.host_log" as (i32, i32) -> (); it is (i32, i32, i32) -> ()',
    ],
    [
      importing(imported("env", "call_backend")),
      'imports "env.call_backend" as a function of unknown type; it is (i32, i32, i32, i32, i32, i32) -> (i32)',
    ],
    [
      importing(imported("wasi_snapshot_preview1", "fd_seek", signature(4, 1))),
      'imports "wasi_snapshot_preview1.fd_seek" as (i32, i32, i32, i32) -> (i32); it is (i32, i64, i32, i32) -> (i32)',
    ],
    [
      importing({ module: "env", name: "memory", kind: "memory" }),
      'imports the memory "env.memory", but only functions can be imported',
    ],
    [
      importing({ module: "env", name: "host_log", kind: "global" }),
      'imports the global "env.host_log", but only functions can be imported',
    ],
    [
      importing({ module: "env", name: "t", kind: "table" }),
      'imports the table "env.t", but only functions can be imported',
    ],
    [
      importing({ module: "env", name: "e", kind: "tag" }),
      'imports the tag "env.e", but only functions can be imported',
    ],
    [
      described({ tables: [{ min: 100_001, imported: false, element: "funcref" }] }),
      "needs a table of 100001 elements, more than the 100000 of limits.maxTableElements",
    ],
    [
      described({ tables: [{ min: 1, imported: false, element: "exnref" }] }),
      "has a table of exnref: exceptions that it keeps are on the host's heap, which no limit bounds",
    ],
    [described({ tags: [{ params: Array(5).fill("i32") }] }), "has a tag with 5 parameters, more than 4"],
    [
      described({ tags: [{ params: ["i32", "exnref"] }] }),
      "has a tag with a parameter of type exnref; it can be i32, i64, f32, f64",
    ],
    [
      described({ tags: [{ params: ["v128"] }] }),
      "has a tag with a parameter of type v128; it can be i32, i64, f32, f64",
    ],
    [described({ types: 1_001 }), "has 1001 types, more than 1000"],
    [
      importing(...Array(1_001).fill(imported("env", "host_log", signature(3, 0)))),
      "has 1001 imports, more than 1000",
    ],
    [described({ functions: 100_001 }), "has 100001 functions, more than 100000"],
    [described({ nesting: 20_001 }), "has code that is nested 20001 deep, more than 20000"],
    [described({ locals: 10_000_001 }), "has 10000001 locals, more than 10000000"],
    [described({ typedBlocks: 10_001 }), "has 10001 blocks with a type of the type section, more than 10000"],
    [described({ signatureValues: 65 }), "has a function type of 65 parameters and results, more than 64"],
    [described({ tables: tablesOf(0, 5) }), "has 5 tables, more than 4"],
    [described({ globals: 10_001 }), "has 10001 globals, more than 10000"],
    [described({ tags: Array(1_001).fill({ params: [] }) }), "has 1001 tags, more than 1000"],
    [
      described({ exports: [...goodExports, ...Array(9_995).fill({ name: "g", kind: "global" })] }),
      "has 10001 exports, more than 10000",
    ],
    [described({ elements: 100_001 }), "has 100001 elements, more than 100000"],
    [described({ features: ["gc"] }), "uses garbage collection, whose heap no limit bounds"],
    [described({ features: ["typed-function-references"] }), "uses typed function references"],
    [
      described({ features: ["memory64"] }),
      "uses 64-bit memory, which the ABI's 32-bit pointers cannot address",
    ],
    [described({ features: ["multi-memory"] }), "uses several memories"],
    [described({ features: ["threads"] }), "uses threads (shared memory or atomic instructions)"],
  ])("%#: %s", (module, problem) => {
    expect(moduleProblems(module, limits)).toEqual([problem]);
  });

  test("by the limits that were set, not by the defaults", () => {
    const tight = resolveLimits({ maxModuleBytes: 999, maxMemoryPages: 1, maxTableElements: 0 });
    const module = described({
      memories: [{ min: 2, imported: false }],
      tables: [{ min: 1, imported: false, element: "funcref" }],
    });
    expect(moduleProblems(module, tight)).toHaveLength(3);
    expect(moduleProblems(module, limits)).toEqual([]);
  });

  test("and a command is told from a reactor", () => {
    const command = exporting(
      "label_agent",
      "label_resource",
      "label_response",
      func("_start", signature(0, 0)),
    );
    const problems = moduleProblems(command, limits);
    expect(problems).toHaveLength(4);
    expect(problems[3]).toContain("built as a command; build a reactor");
    const partial = exporting("label_resource", func("_start", signature(0, 0)));
    expect(moduleProblems(partial, limits)).toEqual([`exports no label_resource: ${labelText}`]);
  });

  test("also where an allocator of the wrong type stands in for none", () => {
    const module = exporting(func("alloc", signature(0, 0)), "dealloc");
    expect(moduleProblems(module, limits)).toHaveLength(2);
    // Direct memory does not excuse it: the engine would call whatever is exported.
    expect(moduleProblems(module, direct)).toHaveLength(1);
  });
});

describe("names that the module chose", () => {
  test.each([
    ["a line break", "a\nb", '"env.a\\nb"'],
    ["a terminal's escape", "a\u001b[2Jb", '"env.a\\u001b[2Jb"'],
    ["a C1 control, which some terminals obey too", "a\u009bb", '"env.a\\u009bb"'],
    ["a reversed direction", "a\u202eb", '"env.a\\u202eb"'],
    ["a line separator", "a\u2028b", '"env.a\\u2028b"'],
    ["a quote", 'a"b', '"env.a\\"b"'],
    ["great length", "x".repeat(1_000), `"env.${"x".repeat(96)}…"`],
  ])("are quoted: %s", (_what, name, quoted) => {
    expect(moduleProblems(importing(imported("env", name)), limits)).toEqual([
      `imports ${quoted}, which does not exist`,
    ]);
  });

  test("cannot make a message without end", () => {
    const many = Array.from({ length: 100_000 }, (_, i) => imported("env", `f${i}`));
    expect(() => assertGuardModule(importing(...many), limits)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^[\s\S]{1,20000}$/) }),
    );
    expect(() => assertGuardModule(importing(...many), limits)).toThrow("has 99951 more problems");
  });
});

describe("assertGuardModule", () => {
  test("lists everything that is wrong in one error", () => {
    const module: ModuleDescription = {
      ...exporting("memory", "label_agent", func("label_resource", signature(0, 0)), "alloc"),
      bytes: 9_000_000,
      imports: [imported("env", "abort", signature(0, 0)), { module: "env", name: "g", kind: "global" }],
      memories: [{ min: 1_000, imported: false }],
      tables: [{ min: 1_000_000, imported: false, element: "funcref" }],
      features: ["simd", "gc", "threads"] satisfies WasmFeature[],
    };
    const problems = moduleProblems(module, limits);
    expect(problems).toHaveLength(11);
    let thrown: unknown;
    try {
      assertGuardModule(module, limits);
    } catch (error) {
      thrown = error;
    }
    expect(GuardError.is(thrown, "INVALID_MODULE")).toBe(true);
    const lines = (thrown as GuardError).message.split("\n");
    expect(lines).toEqual([
      "the module cannot run as a guard: it",
      ...problems.map((problem) => `  - ${problem}`),
    ]);
  });
});

describe("formatSignature", () => {
  test.each([
    [signature(0, 0), "() -> ()"],
    [signature(["i64", "externref"], ["f32", "v128"]), "(i64, externref) -> (f32, v128)"],
  ])("%#: %s", (type, text) => {
    expect(formatSignature(type)).toBe(text);
  });
});

/** So many tables of `min` elements each. */
function tablesOf(min: number, count: number): ModuleDescription["tables"] {
  return Array.from({ length: count }, () => ({ min, imported: false, element: "funcref" as const }));
}
