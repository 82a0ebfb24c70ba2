import { expect, describe as group, test } from "vitest";
import { describe, linkCommand, prepare, WasmFormatError } from "../../src/index.js";
import { assemble, id, section, wat, withCode } from "../assemble.js";
import { mutations, randomNumbers, truncations } from "../mutate.js";

const start = '(func (export "_start"))';

/** Instantiates what is linked of two texts. */
function link(guard: string, driver: string, host: Record<string, unknown> = {}) {
  const linked = linkCommand(wat(guard), wat(driver)) as Uint8Array<ArrayBuffer>;
  const module = new WebAssembly.Module(linked);
  const { exports } = new WebAssembly.Instance(module, { host } as WebAssembly.Imports);
  return { module, memory: exports.memory as WebAssembly.Memory, run: exports._start as () => void };
}

function refusal(guard: string, driver: string): string {
  try {
    linkCommand(wat(guard), wat(driver));
  } catch (error) {
    expect(error).toBeInstanceOf(WasmFormatError);
    return (error as Error).message;
  }
  throw new Error("was linked");
}

group("what is bound", () => {
  test("the guard's imports to the driver's exports, the driver's to the guard's and its memory", () => {
    const shown: number[] = [];
    const { module, memory, run } = link(
      `(module (import "env" "twice" (func $twice (param i32) (result i32))) (memory (export "mem") 1)
        (global $seven (mut i32) (i32.const 7)) (export "seven" (global $seven))
        (func (export "label") (result i32)
          (i32.store (i32.const 8) (call $twice (i32.const 21))) (global.get $seven)))`,
      `(module (import "host" "show" (func $show (param i32))) (import "any" "memory" (memory 0))
        (import "guard" "seven" (global $seven (mut i32)))
        (import "guard" "label" (func $label (result i32))) (global $own (mut i32) (i32.const 100))
        (func (export "env$twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
        (func (export "_start")
          (global.set $seven (i32.const 5)) (global.set $own (i32.add (global.get $own) (i32.const 1)))
          (call $show (call $label)) (call $show (i32.load (i32.const 8))) (call $show (global.get $own))))`,
      { show: (value: number) => shown.push(value) },
    );
    run();
    expect(shown).toEqual([5, 42, 101]);
    expect(new DataView(memory.buffer).getInt32(8, true)).toBe(42);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "host", name: "show", kind: "function" }]);
    expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toEqual(["memory", "_start"]);
  });

  test("an export of the guard's that is an import of its own", () => {
    const { run } = link(
      `(module (import "env" "f" (func $f (param i32) (result i32))) (memory 1) (export "alloc" (func $f)))`,
      `(module (import "guard" "alloc" (func $alloc (param i32) (result i32)))
        (func (export "env$f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
        (func (export "_start") (if (i32.ne (call $alloc (i32.const 1)) (i32.const 2)) (then unreachable))))`,
    );
    expect(run).not.toThrow();
  });

  test("a function that the guard has not, to one that traps", () => {
    const { run } = link(
      "(module (memory 1))",
      `(module (import "guard" "_initialize" (func $initialize)) (import "guard" "alloc" (func $alloc (param i64) (result f32)))
        (func (export "_start") (drop (call $alloc (i64.const 1)))))`,
    );
    expect(run).toThrow("unreachable");
  });
});

group("what stays", () => {
  test("a start section, tables, elements and segments, multi-value blocks, and references to exported functions", () => {
    const shown: number[] = [];
    const { memory, run } = link(
      `(module (import "env" "note" (func $note (param i32)))
        (type $pair (func (param i32 i32) (result i32 i32))) (memory (export "memory") 1) (table $t 8 funcref)
        (elem (table $t) (i32.const 1) func $note $exported) (elem $passive func $exported) (data $text "abc")
        (data (i32.const 64) "xyz") (start $begin) (global $f funcref (ref.func $exported))
        (func $begin (call $note (i32.const 1)))
        (func $exported (export "label") (param i32 i32) (result i32 i32)
          (local.get 0) (local.get 1) (block (type $pair) (i32.const 3) (i32.add)))
        (func $referred (export "referred"))
        (func (export "all")
          (memory.init $text (i32.const 16) (i32.const 0) (i32.const 3))
          (table.set $t (i32.const 5) (ref.func $referred)) (call_indirect $t (i32.const 5))
          (table.init $t $passive (i32.const 6) (i32.const 0) (i32.const 1))
          (i32.const 10) (i32.const 20) (call_indirect $t (type $pair) (i32.const 6)) (call $note) (call $note)
          (call_indirect $t (param i32) (i32.const 9) (i32.const 1))))`,
      `(module (import "guard" "all" (func $all)) (import "host" "show" (func $show (param i32)))
        (func (export "env$note") (param i32) (call $show (local.get 0)))
        (func (export "_start") (call $all)))`,
      { show: (value: number) => shown.push(value) },
    );
    run();
    expect(shown).toEqual([1, 23, 10, 9]);
    expect(Buffer.from(memory.buffer, 16, 3).toString()).toBe("abc");
    expect(Buffer.from(memory.buffer, 64, 3).toString()).toBe("xyz");
  });

  test("the driver's references to functions, in its code and in its globals", () => {
    const results: number[] = [];
    const { run } = link(
      `(module (import "env" "one" (func $one (result i32))) (memory 1) (global i32 (i32.const 7))
        (func $three (export "three") (result i32) (i32.const 3)) (func (result i32) (call $one)))`,
      `(module (import "host" "take" (func $take (param funcref))) (import "guard" "three" (func $three (result i32)))
        (export "again" (func $three))
        (func $one (export "env$one") (result i32) (i32.const 1)) (func $two (export "two") (result i32) (i32.const 2))
        (global $kept funcref (ref.func $two))
        (func (export "_start")
          (call $take (ref.func $one)) (call $take (global.get $kept)) (call $take (ref.func $three))))`,
      { take: (called: () => number) => results.push(called()) },
    );
    run();
    expect(results).toEqual([1, 2, 3]);
  });

  test("the names of functions, and of custom sections nothing else", () => {
    const guard = wat(
      '(module (import "env" "f" (func $imported)) (memory 1) (func $inner call $imported) (func $outer (export "o") call $inner))',
    );
    const driver = wat(
      `(module (import "guard" "o" (func $o)) (func (export "env$f") unreachable) (func (export "_start") call $o))`,
    );
    const linked = linkCommand(prepare(guard, { maxMemoryPages: 2, maxTableElements: 0 }), checkingDriver());
    expect(describe(linked).customSections.map(({ name }) => name)).toEqual(["name"]);
    const module = new WebAssembly.Module(linkCommand(guard, driver) as Uint8Array<ArrayBuffer>);
    const run = new WebAssembly.Instance(module).exports._start as () => void;
    let stack = "";
    try {
      run();
    } catch (error) {
      stack = (error as Error).stack ?? "";
    }
    const frames = [...stack.matchAll(/at (?:\w+\.)?([\w$]+) \(wasm/g)].map(([, name]) => name);
    expect(frames).toEqual(["env$f", "inner", "outer", "_start"]);
  });
});

group("what is refused", () => {
  test.each([
    ["no memory", "(module)", `(module ${start})`, "it has 0 memories"],
    [
      "an imported memory",
      '(module (import "env" "m" (memory 1)))',
      `(module ${start})`,
      "imports the memory env.m",
    ],
    [
      "an import without a counterpart",
      '(module (import "env" "f" (func)) (memory 1))',
      `(module ${start})`,
      "no function env$f",
    ],
    [
      "an import of another type",
      '(module (import "env" "f" (func (param i64))) (memory 1))',
      `(module (func (export "env$f")) ${start})`,
      "has env.f as (i64) -> (), and the driver as () -> ()",
    ],
    [
      "an export of another type",
      '(module (memory 1) (func (export "alloc") (result i32) i32.const 1))',
      `(module (import "guard" "alloc" (func)) ${start})`,
      "has alloc as () -> (i32), and the driver as () -> ()",
    ],
    [
      "an export of another kind",
      '(module (memory (export "f") 1))',
      `(module (import "guard" "f" (func)) ${start})`,
      "no function",
    ],
    [
      "no such global",
      "(module (memory 1))",
      `(module (import "guard" "g" (global i32)) ${start})`,
      "exports no global g",
    ],
    [
      "a binding to what the guard itself has exported",
      '(module (import "env" "f" (func $f)) (memory 1) (export "g" (func $f)))',
      `(module (import "guard" "g" (func $g)) (export "env$f" (func $g)) ${start})`,
      "no function env$f",
    ],
    ["no _start", "(module (memory 1))", "(module)", "exports no function _start"],
    ["a driver's memory", "(module (memory 1))", `(module (memory 1) ${start})`, "a memory of its own"],
    ["a driver's table", "(module (memory 1))", `(module (table 1 funcref) ${start})`, "a table"],
    [
      "a driver's data",
      "(module (memory 1))",
      `(module (import "" "" (memory 1)) (data (i32.const 0) "x") ${start})`,
      "data segments",
    ],
    [
      "a driver's start section",
      "(module (memory 1))",
      `(module (func $s (export "_start")) (start $s))`,
      "a start section",
    ],
    [
      "a driver's global that begins as another",
      '(module (memory 1) (global (export "g") i32 (i32.const 7)) (global i32 (i32.const 8)))',
      `(module (import "guard" "g" (global $g i32)) (global i32 (global.get $g)) ${start})`,
      "a global that begins with the value of another",
    ],
    ["a driver's tag", "(module (memory 1))", `(module (tag) ${start})`, "tags"],
    ["a name", "(module (memory 1))", `(module (func (export "\\c3\\a9")) ${start})`, "not ASCII"],
    ["a large memory", "(module (memory i64 1))", `(module ${start})`, "uses memory64"],
  ])("%s", (_, guard, driver, message) => {
    expect(refusal(guard, driver)).toContain(message);
  });

  const memory = section(id.memory, 1, 0, 1);
  const driver = wat(
    `(module (type $secret (func (param f64))) (global $state (mut i32) (i32.const 0)) (func $hidden) ${start}
      (func (type $secret)))`,
  );
  test.each([
    ["a function of the driver's", withCode([0x10, 1], memory)],
    ["a reference to one", withCode([0xd2, 1, 0x1a], memory)],
    ["a global of the driver's", withCode([0x41, 0, 0x24, 0], memory)],
    ["a type of the driver's", withCode([0x41, 0, 0x11, 1, 0], section(id.table, 1, 0x70, 0, 1), memory)],
    ["a block of such a type", withCode([0x02, 1, 0x0b], memory)],
    [
      "an element that is the driver's",
      withCode([], section(id.table, 1, 0x70, 0, 1), memory, section(id.element, 1, 0, 0x41, 0, 0x0b, 1, 1)),
    ],
  ])("a guard that reaches for %s", (_, guard) => {
    expect(() => linkCommand(guard, driver)).toThrow(
      /cannot link the guard: it has \d+ \w+s and uses the index \d+/,
    );
  });

  test("bytes that are damaged, by nothing but a WasmFormatError", () => {
    const guard = wat(`(module (import "env" "f" (func $f (param i32))) (memory (export "memory") 1)
      (table 2 funcref) (elem (i32.const 0) $f) (func (export "go") (call $f (i32.const 1))))`);
    const host = wat(`(module (import "guard" "go" (func $go)) (func (export "env$f") (param i32))
      (func (export "_start") (call $go)))`);
    expect(linkCommand(guard, host).length).toBeGreaterThan(0);
    const random = randomNumbers(5);
    for (const damaged of [...truncations(guard), ...mutations(guard, 2_000, random)]) {
      try {
        linkCommand(damaged, host);
      } catch (error) {
        expect(error).toBeInstanceOf(WasmFormatError);
      }
    }
    expect(() => linkCommand(assemble(), host)).toThrow(WasmFormatError);
  });
});

/** A driver for a prepared guard, which it never stops. */
function checkingDriver(): Uint8Array {
  return wat(`(module (import "guard" "o" (func $o)) (func (export "env$f") unreachable)
    (func (export "guardhost$check") (result i32) (i32.const 1)) (func (export "guardhost$pause") (result i32) (i32.const 1))
    (func (export "_start") call $o))`);
}
