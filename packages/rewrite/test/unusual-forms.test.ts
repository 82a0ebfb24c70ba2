import { expect, test } from "vitest";
import { prepare } from "../src/index.js";
import { id, section, withCode } from "./assemble.js";
import { rawSections } from "./sections.js";

const caps = { maxMemoryPages: 10, maxTableElements: 100 };
const global = section(id.global, 1, 0x7f, 0, 0x41, 0, 0x0b);
/** Bytes of the code section in front of the locals of its first body, if that is short: id, size, bodies, size of the body. */
const BEFORE_LOCALS = 1 + 2 + 1 + 1;

/** The prepared code of a function, in hexadecimal, and what is behind it. */
function preparedCode(instructions: readonly number[]): string {
  const sections = rawSections(prepare(withCode(instructions, global), caps));
  const code = sections.find((found) => found.id === id.code)?.bytes as Uint8Array;
  return Buffer.from(code.subarray(BEFORE_LOCALS)).toString("hex");
}

/** Instructions with # for a number, how compilers write that, and how else it can be written. */
test.each<readonly [string, readonly (number | "#")[], readonly number[], readonly number[]]>([
  ["a block", [0x02, "#", 0x0b], [0x40], [0xc0, 0x7f]],
  ["a loop", [0x03, "#", 0x0c, 0, 0x0b], [0x40], [0xc0, 0x7f]],
  ["an if with an else", [0x41, 1, 0x04, "#", 0x01, 0x05, 0x01, 0x01, 0x0b], [0x40], [0xc0, 0x7f]],
  ["br", [0x02, 0x40, 0x0c, "#", 0x01, 0x0b], [0], [0x80, 0x00]],
  ["br out of a loop", [0x03, 0x40, 0x0c, "#", 0x0b], [1], [0x81, 0x80, 0x00]],
  ["br_if", [0x03, 0x40, 0x41, 0, 0x0d, "#", 0x01, 0x0b], [0], [0x80, 0x00]],
  ["call in two bytes", [0x10, "#"], [0], [0x80, 0x00]],
  ["call in five bytes", [0x10, "#"], [0], [0x80, 0x80, 0x80, 0x80, 0x00]],
  ["call in a loop", [0x03, 0x40, 0x10, "#", 0x0c, 0, 0x0b], [0], [0x80, 0x80, 0x00]],
  ["global.get", [0x23, "#", 0x1a], [0], [0x80, 0x00]],
])("%s is charged and renumbered the same however its number is written", (_, code, short, long) => {
  const written = (number: readonly number[]) => code.flatMap((byte) => (byte === "#" ? number : byte));
  const hex = (number: readonly number[]) => Buffer.from(number).toString("hex");
  // Where nothing has to be written anew, what was there is copied.
  expect(preparedCode(written(long)).replaceAll(hex(long), hex(short))).toBe(preparedCode(written(short)));
});

test("the first mistake of a function is the one that is named", () => {
  const [badLocal, badOpcode] = [[0x20, 5, 0x1a], [0xff]];
  expect(() => prepare(withCode([...badLocal, ...badOpcode]), caps)).toThrow(
    "expected a local index below 0",
  );
  expect(() => prepare(withCode([...badOpcode, ...badLocal]), caps)).toThrow("unknown opcode 0xff");
});

test.each([
  ["a Uint8Array", (bytes: readonly number[]) => Uint8Array.from(bytes)],
  ["a Buffer", (bytes: readonly number[]) => Buffer.from(bytes)],
])("the module itself, %s, stays as it is", (_, from) => {
  // What has an index that is renumbered: a call and an export.
  const module = from([...withCode([0x10, 0], global, section(id.export, 1, 1, 0x66, 0, 0))]);
  const before = Buffer.from(module).toString("hex");
  expect(prepare(module, caps)).toEqual(prepare(Uint8Array.from(module), caps));
  expect(Buffer.from(module).toString("hex")).toBe(before);
});
