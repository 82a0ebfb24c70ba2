import { expect, describe as group, test } from "vitest";
import { prepare, WasmFormatError, WasmLimitError } from "../../src/index.js";
import { id, leb, name, section } from "../assemble.js";
import { concatenate } from "../spread-out.js";
import { large, module, oneBody, repeated, types } from "./large-module.js";

const caps = { maxMemoryPages: 512, maxTableElements: 1_000 };
const MILLION = 1_000_000;
/** Of things that become many bytes each: engines take no function body of more than 7,654,321 bytes. */
const MANY = 150_000;

/** What prepare promises about the size of what it makes. */
const bound = (bytes: number) => 20 * bytes + 4_096;
const i32 = 0x41;
const drop = 0x1a;

const huge: Readonly<Record<string, () => Uint8Array<ArrayBuffer>>> = {
  "nested blocks": () => oneBody(concatenate([repeated(5 * MANY, 0x02, 0x40), repeated(5 * MANY, 0x0b)])),
  "nested loops": () => oneBody(concatenate([repeated(MANY, 0x03, 0x40), repeated(MANY, 0x0b)])),
  "nested ifs": () => oneBody(concatenate([repeated(MANY, i32, 0, 0x04, 0x40), repeated(MANY, 0x0b)])),
  "nested try blocks": () => oneBody(concatenate([repeated(MANY, 0x06, 0x40), repeated(MANY, 0x19, 0x0b)])),
  "loops in a row": () => oneBody(repeated(MANY, 0x03, 0x40, 0x0b)),
  "blocks in a row": () => oneBody(repeated(MANY, 0x02, 0x40, 0x0b)),
  "calls of the host": () => oneBody(repeated(MANY, 0x10, 0)),
  "memory.grow in a row": () =>
    oneBody(concatenate([Uint8Array.of(i32, 0), repeated(MANY, 0x40, 0), Uint8Array.of(drop)])),
  "memory.grow in a row, among many functions and globals": () => {
    const body = concatenate([Uint8Array.of(0, i32, 0), repeated(MANY, 0x40, 0), Uint8Array.of(drop, 0x0b)]);
    return module(
      types,
      large(id.function, Uint8Array.from(leb(17_000)), repeated(17_000, 0)),
      section(id.memory, 1, 0, 1),
      large(id.global, Uint8Array.from(leb(17_000)), repeated(17_000, 0x7f, 0, i32, 0, 0x0b)),
      large(
        id.code,
        Uint8Array.from(leb(17_000)),
        repeated(16_999, 2, 0, 0x0b),
        Uint8Array.from(leb(body.length)),
        body,
      ),
    );
  },
  "table.set in a row": () => oneBody(repeated(MANY, i32, 0, 0xd0, 0x70, 0x26, 0)),
  "memory.fill in a row": () => oneBody(repeated(MANY, i32, 0, i32, 0, i32, 0, 0xfc, 0x0b, 0)),
  "dead code": () => oneBody(concatenate([Uint8Array.of(0x00), repeated(MANY, 0x0f)])),
  "dead bulk operations": () => oneBody(concatenate([Uint8Array.of(0x00), repeated(MANY, 0xfc, 0x0b, 0)])),
  "one br_table": () =>
    oneBody(concatenate([Uint8Array.of(i32, 0, 0x0e, ...leb(65_000)), repeated(65_001, 0)])),
  "br_table in nested blocks": () =>
    oneBody(
      concatenate([
        repeated(1_000, 0x02, 0x40),
        Uint8Array.of(i32, 0, 0x0e, ...leb(999)),
        ...Array.from({ length: 1_000 }, (_, i) => Uint8Array.from(leb(i))),
        repeated(1_000, 0x0b),
      ]),
    ),
  functions: () =>
    module(
      types,
      large(id.function, Uint8Array.from(leb(MILLION - 10)), repeated(MILLION - 10, 0)),
      large(id.code, Uint8Array.from(leb(MILLION - 10)), repeated(MILLION - 10, 2, 0, 0x0b)),
    ),
  exports: () =>
    module(
      types,
      section(id.function, 1, 0),
      large(
        id.export,
        Uint8Array.from(leb(90_000)),
        ...Array.from({ length: 90_000 }, (_, i) => Uint8Array.of(...name(i.toString(36)), 0, 0)),
      ),
      section(id.code, 1, 2, 0, 0x0b),
    ),
  elements: () =>
    module(
      types,
      section(id.function, 1, 0),
      section(id.table, 1, 0x70, 0, 0),
      large(id.element, Uint8Array.of(1, 1, 0, ...leb(MANY)), repeated(MANY, 0)),
      section(id.code, 1, 2, 0, 0x0b),
    ),
  "empty custom sections": () => module(repeated(99_000, 0, 1, 0), types),
  "custom sections, and a name section before each": () =>
    module(...Array.from({ length: 10_000 }, () => section(id.custom, ...name("name")))),
  "49,998 locals and a loop": () => oneBody(Uint8Array.of(0x03, 0x40, 0x0b), [1, ...leb(49_998), 0x7f]),
  "50,000 locals, no loop": () => oneBody(Uint8Array.of(), [1, ...leb(50_000), 0x7f]),
  "groups of locals": () =>
    oneBody(Uint8Array.of(0x03, 0x40, 0x0b), [...leb(40_000), ...repeated(40_000, 1, 0x7f)]),
  "empty groups of locals": () =>
    oneBody(Uint8Array.of(0x03, 0x40, 0x0b), [...leb(100_000), ...repeated(100_000, 0, 0x7f)]),
};

group("a valid module of a great many", () => {
  test.each(Object.entries(huge))("%s", (_, make) => {
    const original = make();
    expect(WebAssembly.validate(original)).toBe(true);
    const prepared = prepare(original, caps);
    expect(prepared.length).toBeLessThanOrEqual(bound(original.length));
    expect(WebAssembly.validate(prepared as BufferSource)).toBe(true);
  });
});

test.each<readonly [string, () => Uint8Array]>([
  [
    "more locals than 32 bits count",
    () => oneBody(Uint8Array.of(0x20, 0, drop), [2, ...leb(0xffff_ffff), 0x7f, 2, 0x7f]),
  ],
  [
    "more locals than 32 bits count, of which the first are few enough",
    () => oneBody(Uint8Array.of(0x20, 0, drop), [2, ...leb(50_000), 0x7f, ...leb(0xffff_ffff), 0x7f]),
  ],
  ["more blocks than are closed", () => oneBody(repeated(MILLION, 0x02, 0x40))],
  ["more labels than there are", () => oneBody(Uint8Array.of(i32, 0, 0x0e, ...leb(0xffff_ffff), 0))],
  [
    "more functions than bodies",
    () => module(types, large(id.function, Uint8Array.from(leb(MILLION)), repeated(MILLION, 0))),
  ],
  ["a body without an end", () => module(types, section(id.function, 1, 0), section(id.code, 1, 1, 0))],
  ["a memory beyond its cap", () => module(section(id.memory, 1, 0, ...leb(513)))],
  ["a table beyond its cap", () => module(section(id.table, 1, 0x70, 0, ...leb(1_001)))],
])("an error of our own: %s", (_, make) => {
  expect(errorOf(make())).toSatisfy(
    (error) => error instanceof WasmFormatError || error instanceof WasmLimitError,
  );
});

function errorOf(original: Uint8Array): unknown {
  try {
    prepare(original, caps);
  } catch (error) {
    return error;
  }
  return undefined;
}
