import fc from "fast-check";
import { expect, describe as group, test } from "vitest";
import { capLimits, describe, type SizeCaps, WasmFormatError, WasmLimitError } from "../src/index.js";
import { assemble, id, leb, section, typeSection, wat } from "./assemble.js";
import { modernSamples, portableSamples } from "./samples.js";
import { rawSections } from "./sections.js";

const caps: SizeCaps = { maxMemoryPages: 4, maxTableElements: 10 };
const compile = (module: Uint8Array) => new WebAssembly.Module(module as BufferSource);
const validate = (module: Uint8Array) => WebAssembly.validate(module as BufferSource);

function exportsOf(module: Uint8Array): WebAssembly.Exports {
  return new WebAssembly.Instance(compile(module)).exports;
}

group("memories", () => {
  test.each([
    ["without a maximum", wat('(module (memory (export "memory") 1))')],
    ["with a larger maximum", wat('(module (memory (export "memory") 1 100))')],
    ["that could have four gigabytes", wat('(module (memory (export "memory") 1 65536))')],
  ])("%s grow up to the cap and no further", (_, module) => {
    const capped = capLimits(module, caps);
    expect(describe(capped).memories).toEqual([{ imported: false, min: 1, max: 4 }]);
    const memory = exportsOf(capped).memory as WebAssembly.Memory;
    expect(memory.grow(3)).toBe(1);
    expect(() => memory.grow(1)).toThrow(RangeError);
  });

  test("stay below the cap for memory.grow as well", () => {
    const module = wat(`(module (memory 1)
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`);
    const grow = exportsOf(capLimits(module, caps)).grow as (pages: number) => number;
    expect([grow(4), grow(3), grow(1)]).toEqual([-1, 1, -1]);
  });

  test("of the size of the cap are left their size", () => {
    const capped = capLimits(wat("(module (memory 4))"), caps);
    expect(describe(capped).memories).toEqual([{ imported: false, min: 4, max: 4 }]);
  });

  test("that are shared keep being so", () => {
    const capped = capLimits(wat("(module (memory 1 100 shared))"), caps);
    expect(describe(capped)).toMatchObject({ memories: [{ min: 1, max: 4 }], features: ["threads"] });
    expect(validate(capped)).toBe(true);
  });

  test("of 64 bits keep being so", () => {
    const module = assemble(section(id.memory, 2, 5, 1, ...leb(262_144), 4, ...leb(2)));
    const capped = capLimits(module, caps);
    expect(capped).toEqual(assemble(section(id.memory, 2, 5, 1, 4, 5, 2, 4)));
  });
});

group("limits that are not valid are refused, where another maximum would hide it", () => {
  test.each([
    [
      "a maximum in 32 bits",
      [1, 0, ...leb(65_537)],
      "expected a maximum of at most 65536, found 65537 for memory 0",
    ],
    [
      "a maximum in 64 bits",
      [5, 0, ...leb(262_145)],
      "expected a maximum of at most 262144, found 262145 for memory 0",
    ],
    ["a minimum", [0, ...leb(65_537)], "expected a minimum of at most 65536, found 65537 for memory 0"],
    ["none for threads to share", [2, 1], "expected a maximum, as shared memory has one, found none"],
  ])("of a memory: %s", (_, limits, message) => {
    const module = assemble(section(id.memory, 1, ...limits));
    expect(validate(module)).toBe(false);
    expect(() => capLimits(module, caps)).toThrow(message);
    expect(() => capLimits(module, caps)).toThrow(WasmFormatError);
  });
});

group("tables", () => {
  test("grow up to the cap and no further", () => {
    const module = wat('(module (table (export "a") 2 funcref) (table (export "b") 3 99 externref))');
    const capped = capLimits(module, caps);
    expect(describe(capped).tables).toEqual([
      { imported: false, element: "funcref", min: 2, max: 10 },
      { imported: false, element: "externref", min: 3, max: 10 },
    ]);
    const { a, b } = exportsOf(capped) as Record<string, WebAssembly.Table>;
    expect([a?.grow(8), b?.grow(7)]).toEqual([2, 3]);
    expect(() => a?.grow(1)).toThrow(RangeError);
    expect(() => b?.grow(1)).toThrow(RangeError);
  });

  test("keep their initializers", () => {
    const initializer = [0xd2, 0, 0x0b];
    const table = (...limits: number[]) =>
      assemble(section(id.table, 2, 0x40, 0, 0x64, 0, ...limits, ...initializer, 0x70, 1, 1, 2));
    expect(capLimits(table(0, 2), caps)).toEqual(table(1, 2, 10));
    expect(capLimits(table(1, 2, 11), caps)).toEqual(table(1, 2, 10));
  });
});

group("what needs no change is returned itself", () => {
  test.each([
    ["an empty module", assemble()],
    ["smaller maxima", wat("(module (memory 1 3) (table 1 9 funcref))")],
    ["maxima of the size of the cap", wat("(module (memory 1 4) (table 1 10 funcref))")],
    ["imported ones", wat('(module (import "m" "m" (memory 1)) (import "m" "t" (table 1 funcref)))')],
    ["empty sections", assemble(section(id.table, 0), section(id.memory, 0))],
  ])("%s", (_, module) => {
    expect(capLimits(module, caps)).toBe(module);
  });
});

group("the rest of the module", () => {
  test.each(Object.entries({ ...portableSamples, ...modernSamples }))("of %s stays as it is", (_, module) => {
    const capped = capLimits(module, { maxMemoryPages: 2, maxTableElements: 4 });
    const others = (bytes: Uint8Array) =>
      rawSections(bytes).filter((section) => section.id !== id.memory && section.id !== id.table);
    expect(others(capped)).toEqual(others(module));
    expect(capped.slice(0, 8)).toEqual(module.slice(0, 8));
    expect(validate(capped)).toBe(validate(module));
    const { bytes, memories, tables, ...facts } = describe(capped);
    expect(describe(module)).toMatchObject(facts);
  });

  test("keeps its padding", () => {
    // The sizes and the minimum are written in more bytes than they need, as linkers do.
    const type = [id.type, 0x84, 0x80, 0x80, 0x80, 0, 1, 0x60, 0, 0];
    const custom = [id.custom, 0x83, 0, 1, 0x61, 7];
    const module = assemble(type, [id.memory, 0x84, 0x80, 0, 1, 0, 0x81, 0], custom);
    const expected = assemble(type, section(id.memory, 1, 1, 0x81, 0, 4), custom);
    expect(capLimits(module, caps)).toEqual(expected);
    expect(validate(module)).toBe(true);
    expect(validate(expected)).toBe(true);
  });

  test("is not changed in place", () => {
    const module = wat('(module (memory 1) (data (i32.const 0) "x"))');
    const before = module.slice();
    const capped = capLimits(module, caps);
    capped.fill(0);
    expect(module).toEqual(before);
  });
});

group("minima above the cap", () => {
  test("of a memory are an error", () => {
    const error = errorOf(wat("(module (memory 5 6))"), caps) as WasmLimitError;
    expect(error).toBeInstanceOf(WasmLimitError);
    expect(error.message).toBe(
      "memory 0 of the memory section has a minimum of 5 pages, more than the cap of 4; " +
        "raise the cap, or build the module with a smaller memory",
    );
    expect(error).toMatchObject({ name: "WasmLimitError", kind: "memory", place: 0, minimum: 5, cap: 4 });
  });

  test("of a table are an error that names the table", () => {
    const module = wat('(module (import "m" "t" (table 99 funcref)) (table 1 funcref) (table 11 externref))');
    expect(errorOf(module, caps)).toMatchObject({ kind: "table", place: 1, minimum: 11, cap: 10 });
  });

  test("are an error for a cap of nothing", () => {
    const nothing = { maxMemoryPages: 0, maxTableElements: 0 };
    expect(describe(capLimits(wat("(module (memory 0))"), nothing)).memories).toMatchObject([{ max: 0 }]);
    expect(errorOf(wat("(module (memory 1))"), nothing)).toMatchObject({ minimum: 1, cap: 0 });
  });
});

group("caps", () => {
  test("beyond what limits can say become what they can say", () => {
    const module = wat("(module (memory 1) (table 1 funcref))");
    const capped = capLimits(module, {
      maxMemoryPages: Number.MAX_SAFE_INTEGER,
      maxTableElements: Number.MAX_SAFE_INTEGER,
    });
    expect(describe(capped)).toMatchObject({ memories: [{ max: 65_536 }], tables: [{ max: 4_294_967_295 }] });
    expect(validate(capped)).toBe(true);
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("of %d are a RangeError", (cap) => {
    expect(() => capLimits(assemble(), { ...caps, maxMemoryPages: cap })).toThrow(
      new RangeError(`maxMemoryPages must be a whole number from 0 up, not ${cap}`),
    );
    expect(() => capLimits(assemble(), { ...caps, maxTableElements: cap })).toThrow(RangeError);
  });
});

test("bytes that are no module are a WasmFormatError", () => {
  expect(errorOf(Uint8Array.of(1, 2, 3), caps)).toBeInstanceOf(WasmFormatError);
  expect(errorOf(assemble(section(id.memory, 1, 0, 1, 0)), caps)).toBeInstanceOf(WasmFormatError);
  expect(errorOf(assemble(typeSection, typeSection), caps)).toBeInstanceOf(WasmFormatError);
});

test("any module: valid as before, within the caps, and done after once", () => {
  const size = fc.nat({ max: 40 });
  const limits = fc.record({ min: size, room: fc.option(size, { nil: undefined }) });
  const anyModule = fc.record({ memory: fc.option(limits), tables: fc.array(limits, { maxLength: 4 }) });
  const anyCaps = fc.record({ maxMemoryPages: size, maxTableElements: size });
  fc.assert(
    fc.property(anyModule, anyCaps, ({ memory, tables }, caps) => {
      const text = (of: typeof memory) =>
        of === null ? "" : `${of.min} ${of.room === undefined ? "" : of.min + of.room}`;
      const parts = [
        ...(memory === null ? [] : [`(memory ${text(memory)})`]),
        ...tables.map((table) => `(table ${text(table)} funcref)`),
      ];
      const module = wat(`(module ${parts.join(" ")} (func (result i32) (i32.const 0)))`);
      const fits =
        (memory?.min ?? 0) <= caps.maxMemoryPages && tables.every(({ min }) => min <= caps.maxTableElements);
      if (!fits) {
        expect(errorOf(module, caps)).toBeInstanceOf(WasmLimitError);
        return;
      }
      const capped = capLimits(module, caps);
      expect(validate(capped)).toBe(true);
      expect(capLimits(capped, caps)).toBe(capped);
      const { memories, tables: found } = describe(capped);
      for (const { max } of memories) expect(max).toBeLessThanOrEqual(caps.maxMemoryPages);
      for (const { max } of found) expect(max).toBeLessThanOrEqual(caps.maxTableElements);
    }),
    { seed: 1, numRuns: 300 },
  );
});

function errorOf(module: Uint8Array, caps: SizeCaps): unknown {
  try {
    capLimits(module, caps);
  } catch (error) {
    return error;
  }
  throw new Error("the module was capped");
}
