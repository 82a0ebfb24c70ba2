import { expect, describe as group, test } from "vitest";
import { describe, prepareAndDescribe, WasmFormatError } from "../src/index.js";
import {
  assemble,
  id,
  leb,
  name,
  preamble,
  section,
  typeSection,
  wat,
  withCode,
  withTypes,
} from "./assemble.js";
import { portableSamples } from "./samples.js";

group("describe", () => {
  test("tells everything about a guard", () => {
    const module = portableSamples.guard as Uint8Array;
    const label = { params: ["i32", "i32", "i32", "i32"], results: ["i32"] };
    const backend = { params: ["i32", "i32", "i32", "i32", "i32", "i32"], results: ["i32"] };
    expect(describe(module)).toEqual({
      bytes: module.length,
      imports: [
        { module: "env", name: "call_backend", kind: "function", signature: backend },
        {
          module: "env",
          name: "host_log",
          kind: "function",
          signature: { params: ["i32", "i32", "i32"], results: [] },
        },
      ],
      exports: [
        { name: "memory", kind: "memory" },
        { name: "version", kind: "global" },
        { name: "alloc", kind: "function", signature: { params: ["i32"], results: ["i32"] } },
        { name: "dealloc", kind: "function", signature: { params: ["i32", "i32"], results: [] } },
        { name: "label_agent", kind: "function", signature: label },
      ],
      memories: [{ imported: false, min: 2, max: 10 }],
      tables: [{ imported: false, element: "funcref", min: 4, max: 8 }],
      tags: [],
      types: 7,
      signatureValues: 7,
      globals: 2,
      elements: 2,
      functions: 6,
      locals: 4,
      typedBlocks: 0,
      nesting: 4,
      start: true,
      customSections: [{ name: "name", bytes: expect.any(Number) }],
      features: [],
    });
  });

  test("has nothing to tell about an empty module", () => {
    expect(describe(assemble())).toEqual({
      bytes: 8,
      imports: [],
      exports: [],
      memories: [],
      tables: [],
      tags: [],
      types: 0,
      signatureValues: 0,
      globals: 0,
      elements: 0,
      functions: 0,
      locals: 0,
      typedBlocks: 0,
      nesting: 0,
      start: false,
      customSections: [],
      features: [],
    });
  });

  test("lists imported memories and tables before own ones", () => {
    const module = wat(`(module
      (import "m" "memory" (memory 1)) (import "m" "table" (table 2 3 externref))
      (memory 4 5) (table 6 funcref))`);
    const { memories, tables } = describe(module);
    expect(memories).toEqual([
      { imported: true, min: 1 },
      { imported: false, min: 4, max: 5 },
    ]);
    expect(tables).toEqual([
      { imported: true, element: "externref", min: 2, max: 3 },
      { imported: false, element: "funcref", min: 6 },
    ]);
  });

  test("tells what tags carry, imported ones first", () => {
    const module = wat(`(module (import "m" "e" (tag (param i32 f64))) (tag (param)) (tag (param i32)))`);
    expect(describe(module).tags).toEqual([{ params: ["i32", "f64"] }, { params: [] }, { params: ["i32"] }]);
  });

  test("counts types, globals, and the elements of all segments: active, passive and declared", () => {
    const module = wat(`(module (type (func (param i32))) (type (func))
      (import "m" "g" (global i32)) (global i64 (i64.const 0))
      (func $f) (table 9 funcref) (elem (i32.const 0) $f $f) (elem func $f $f $f) (elem declare func $f)
      (elem (i32.const 4) funcref (ref.func $f) (ref.null func)))`);
    expect(describe(module)).toMatchObject({ types: 2, globals: 2, elements: 8 });
  });

  test("counts locals, typed blocks, nested constructs, and the values of the longest signature", () => {
    const module =
      wat(`(module (type $pair (func (result i32 i64))) (type (func (param i32 f64) (result i32)))
      (func $first (local i32 i32 i64) (call $middle))
      (func $middle (local f32) (block (type $pair) (i32.const 1) (i64.const 2)) drop drop (call $leaf))
      (func $leaf (loop (type $pair) (i32.const 1) (i64.const 2)) drop drop)
      (func (block (result i32) (i32.const 1)) drop (block) (call $leaf)))`);
    const counted = { signatureValues: 3, locals: 4, typedBlocks: 2, nesting: 2 };
    expect(describe(module)).toMatchObject(counted);
    const { description } = prepareAndDescribe(module, { maxMemoryPages: 1, maxTableElements: 0 });
    expect(description).toMatchObject(counted);
  });

  test("counts up to 2^32-1 locals", () => {
    const functions = 90_000;
    // Of 50,000 v128 each.
    const body = [6, 1, ...leb(50_000), 0x7b, 0x0b];
    const ofAll = (sectionId: number, entry: readonly number[]) => {
      const entries = Array.from({ length: functions }, () => entry).flat();
      const count = leb(functions);
      return [sectionId, ...leb(count.length + entries.length), ...count, ...entries];
    };
    const module = assemble(section(id.type, 1, 0x60, 0, 0), ofAll(id.function, [0]), ofAll(id.code, body));
    expect(describe(module).locals).toBe(2 ** 32 - 1);
    const { description } = prepareAndDescribe(module, { maxMemoryPages: 1, maxTableElements: 0 });
    expect(description.locals).toBe(2 ** 32 - 1);
  });

  test("resolves signatures of imported functions that are exported again", () => {
    const module = wat(`(module (type (func)) (type $t (func (param f32) (result f64)))
      (import "m" "g" (global i32)) (import "m" "f" (func $f (type $t))) (export "again" (func $f)))`);
    expect(describe(module).exports).toEqual([
      { name: "again", kind: "function", signature: { params: ["f32"], results: ["f64"] } },
    ]);
    expect(describe(module).functions).toBe(0);
  });

  test("gives types their names", () => {
    const types = [0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f, 0x69, 0x6e, 0x6d, 0x6c, 0x6b, 0x6a];
    const references = [
      0x71,
      0x72,
      0x73,
      0x74,
      ...[0x63, 0x70],
      ...[0x64, 0x6e],
      ...[0x63, 0x80, 0x01],
      ...[0x64, 3],
    ];
    const type = [0x60, types.length, ...types, 8, ...references];
    const module = assemble(
      section(id.type, 1, ...type),
      section(id.import, 1, ...name("m"), ...name("f"), 0, 0),
    );
    expect(describe(module).imports[0]?.signature).toEqual({
      params: [
        ...["i32", "i64", "f32", "f64", "v128", "funcref", "externref", "exnref"],
        ...["anyref", "eqref", "i31ref", "structref", "arrayref"],
      ],
      results: [
        ...["nullref", "nullexternref", "nullfuncref", "nullexnref"],
        ...["(ref null func)", "(ref any)", "(ref null 128)", "(ref 3)"],
      ],
    });
  });

  test("counts types of recursion groups", () => {
    // (rec (func) (struct)) (func (result i32)): the last one has index 2.
    const types = section(id.type, 2, 0x4e, 2, 0x60, 0, 0, 0x5f, 0, 0x60, 0, 1, 0x7f);
    const imports = section(id.import, 1, ...name("m"), ...name("f"), 0, 2);
    expect(describe(assemble(types, imports)).imports[0]?.signature).toEqual({
      params: [],
      results: ["i32"],
    });
  });

  test("gives limits of 64 bits as numbers", () => {
    const most = Array(9).fill(0xff);
    const limits = (...content: number[]) =>
      describe(assemble(section(id.memory, 1, 5, ...content))).memories[0];
    expect(limits(1, ...leb(2 ** 48))).toEqual({ imported: false, min: 1, max: 2 ** 48 });
    expect(limits(...leb(2 ** 53 - 1), ...most, 1)).toEqual({
      imported: false,
      min: 2 ** 53 - 1,
      max: Number.MAX_SAFE_INTEGER,
    });
    const table = describe(assemble(section(id.table, 1, 0x70, 4, ...most, 0))).tables[0];
    expect(table).toEqual({ imported: false, element: "funcref", min: Number.MAX_SAFE_INTEGER });
  });

  test("gives custom sections their name and the size of what follows it", () => {
    expect(describe(portableSamples.names as Uint8Array).customSections).toEqual([
      { name: "première", bytes: 3 },
      { name: "name", bytes: 0 },
      { name: "première", bytes: 0 },
    ]);
  });

  test("takes padded LEB128", () => {
    const module = assemble([id.memory, 0x83, 0x80, 0x80, 0x80, 0x00, 1, 0, 1]);
    expect(describe(module).memories).toEqual([{ imported: false, min: 1 }]);
  });

  test("refuses a select of 257 types, which an engine that counts in bytes takes for one of a single type", () => {
    // To such an engine the types behind the first one are instructions.
    const hidden = Array(256).fill(0x7f);
    expect(() => describe(withCode([0x00, 0x1c, 0x81, 0x02, 0x7f, ...hidden]))).toThrow(WasmFormatError);
  });

  test("reads a part of a larger buffer", () => {
    const module = portableSamples.guard as Uint8Array;
    const buffer = Buffer.concat([Buffer.from("before"), module, Buffer.from("behind")]);
    expect(describe(buffer.subarray(6, 6 + module.length))).toEqual(describe(module));
  });
});

group("what an engine says about the same module", () => {
  test.each(Object.entries(portableSamples))("%s", (_, bytes) => {
    const module = new WebAssembly.Module(bytes);
    const description = describe(bytes);
    const kinds = ({ signature, ...rest }: { signature?: unknown }) => rest;
    expect(description.imports.map(kinds)).toEqual(WebAssembly.Module.imports(module));
    expect(description.exports.map(kinds)).toEqual(WebAssembly.Module.exports(module));
    for (const section of description.customSections) {
      const payloads = WebAssembly.Module.customSections(module, section.name);
      expect(payloads.map((payload) => payload.byteLength)).toContain(section.bytes);
    }
  });
});

group("large modules", () => {
  test("with deep nesting", () => {
    const depth = 25_000;
    const open = Array<number[]>(depth).fill([0x02, 0x40]).flat();
    expect(describe(withCode([...open, ...Array(depth).fill(0x0b)])).functions).toBe(1);
  });

  test("with as many locals as engines take", () => {
    const locals = (count: number) =>
      assemble(
        typeSection,
        section(id.function, 1, 0),
        section(id.code, 1, 4 + leb(count).length, 1, ...leb(count), 0x7f, 0x01, 0x0b),
      );
    expect(describe(locals(50_000)).functions).toBe(1);
    expect(WebAssembly.validate(locals(50_000))).toBe(true);
    expect(() => describe(locals(50_001))).toThrow("expected at most 50000 locals");
  });

  test("with as many parameters as engines take", () => {
    const parameters = (count: number) => withTypes(1, 0x60, ...leb(count), ...Array(count).fill(0x7f), 0);
    expect(WebAssembly.validate(parameters(1_000))).toBe(true);
    expect(describe(parameters(1_000)).bytes).toBe(parameters(1_000).length);
    expect(() => describe(parameters(1_001))).toThrow("expected at most 1000 parameters, found 1001");
  });

  test("with as many types as engines take, however they are grouped", () => {
    const group = (count: number) => [
      0x4e,
      ...leb(count),
      ...Array<number[]>(count).fill([0x60, 0, 0]).flat(),
    ];
    const groups = (...counts: number[]) => {
      const content = [counts.length, ...counts.map(group)].flat();
      return Uint8Array.from([...preamble, id.type, ...leb(content.length), ...content].flat());
    };
    expect(describe(groups(500_000, 500_000)).features).toEqual(["gc"]);
    expect(() => describe(groups(500_000, 500_001))).toThrow("expected at most 1000000 types, found more");
  });

  test("with a long name", () => {
    const text = "é🙂".repeat(20_000);
    expect(describe(assemble(section(id.custom, ...name(text)))).customSections).toEqual([
      { name: text, bytes: 0 },
    ]);
  });

  test("with too many custom sections", () => {
    const sections = (count: number) => Array<number[]>(count).fill(section(id.custom, 0));
    expect(describe(assemble(...sections(100_000))).customSections).toHaveLength(100_000);
    expect(() => describe(assemble(...sections(100_001)))).toThrow("expected at most 100000 custom sections");
  });
});
