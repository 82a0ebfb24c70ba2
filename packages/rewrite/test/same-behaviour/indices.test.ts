import { expect, describe as group, test } from "vitest";
import { prepare, WasmFormatError } from "../../src/index.js";
import { wat, withCode } from "../assemble.js";

const caps = { maxMemoryPages: 10, maxTableElements: 100 };
/** How far beyond its index space a number may lie and still be one that prepare adds. */
const BEYOND = 8;

/**
 * Modules in which one index, at #, is in question, and the first number that is out of range there. With it, the
 * module would get hold of what prepare adds if the number were taken over: its globals, locals, functions, types.
 */
const positions: Readonly<Record<string, Readonly<Record<string, readonly [text: string, bound: number]>>>> =
  {
    functions: {
      call: [twoFunctions("(func (drop (call #)))"), 4],
      "call in a loop": [twoFunctions("(func (loop (drop (call #))))"), 4],
      return_call: [twoFunctions("(func (result i32) (return_call #))"), 4],
      "ref.func": [twoFunctions("(func (drop (ref.func #)))(elem declare func 0 1 2 3)"), 4],
      export: [twoFunctions('(func)(export "f" (func #))'), 4],
      start: [twoFunctions("(func)(start #)").replaceAll("(result i32) (i32.const 1)", ""), 4],
      "element segment, form 0": [twoFunctions("(func)(elem (i32.const 0) #)"), 4],
      "element segment, form 1": [twoFunctions("(func)(elem func #)"), 4],
      "element segment, form 2": [
        twoFunctions("(table 5 funcref)(func)(elem (table 1) (i32.const 0) func #)"),
        4,
      ],
      "element segment, form 3": [twoFunctions("(func)(elem declare func #)"), 4],
      "element segment, form 4": [twoFunctions("(func)(elem (i32.const 0) funcref (ref.func #))"), 4],
      "element segment, form 5": [twoFunctions("(func)(elem funcref (ref.func #))"), 4],
      "element segment, form 6": [
        twoFunctions("(table 5 funcref)(func)(elem (table 1) (i32.const 0) funcref (ref.func #))"),
        4,
      ],
      "element segment, form 7": [twoFunctions("(func)(elem declare funcref (ref.func #))"), 4],
      "value of a global": [twoFunctions("(func)(global funcref (ref.func #))"), 4],
    },
    globals: {
      "global.get": [twoGlobals("(func (drop (global.get #)))"), 2],
      "global.set": [twoGlobals("(func (global.set # (i32.const 2000000000)))"), 2],
      "global.set without any global": ["(module (func (global.set # (i32.const 2000000000))))", 0],
      "global.set in a loop": [twoGlobals("(func (loop (global.set # (i32.const 2000000000))))"), 2],
      "global.set in dead code": [twoGlobals("(func (unreachable) (global.set # (i32.const 1)))"), 2],
      export: [twoGlobals('(export "g" (global #))'), 2],
      // Number 2 is the new one itself, which engines refuse.
      "value of a global": [twoGlobals("(global i32 (global.get #))"), 3],
      "offset of data": [twoGlobals('(memory 1) (data (global.get #) "x")'), 2],
      "offset of elements": [twoGlobals("(table 1 funcref) (elem (global.get #))"), 2],
    },
    locals: {
      "local.get": ["(module (func (param i32) (local i32 i64 i32) (loop (drop (local.get #)))))", 4],
      "local.set": [
        "(module (func (param i32) (local i32 i32 i32) (loop (local.set # (i32.const 2000000)))))",
        4,
      ],
      "local.tee": [
        "(module (func (param i32) (local i32) (loop (drop (local.tee # (i32.const 2000000))))))",
        2,
      ],
      "local.set without any": ["(module (func (loop (local.set # (i32.const 2000000)))))", 0],
      "local.set without a loop": ["(module (func (param i32) (local.set # (i32.const 2000000))))", 1],
      "local.set in dead code": ["(module (func (local i32) (loop (unreachable) (local.set #))))", 1],
    },
    types: {
      function: ["(module (type (func)) (type (func)) (func (type #)))", 2],
      import: ['(module (type (func)) (type (func)) (import "m" "f" (func (type #))))', 2],
      call_indirect: [
        "(module (type (func)) (table 1 funcref) (func (call_indirect (type #) (i32.const 0))))",
        1,
      ],
      return_call_indirect: [
        "(module (type (func)) (table 1 funcref) (func (return_call_indirect (type #) (i32.const 0))))",
        1,
      ],
      tag: ["(module (type (func)) (type (func)) (tag (type #)))", 2],
    },
  };

group.each(Object.entries(positions))("an index out of range, of %s", (_, cases) => {
  test.each(Object.entries(cases))("%s", (_name, [text, bound]) => {
    const at = (index: number) => wat(text.replaceAll("#", String(index)));
    for (let index = 0; index < bound; index++) {
      const module = at(index);
      if (!WebAssembly.validate(module)) continue;
      expect(WebAssembly.validate(prepare(module, caps) as BufferSource)).toBe(true);
    }
    for (let index = bound; index < bound + BEYOND; index++) {
      const module = at(index);
      expect(WebAssembly.validate(module)).toBe(false);
      const error = errorOf(module);
      expect(error, `index ${index}`).toBeInstanceOf(WasmFormatError);
      expect((error as WasmFormatError).offset).toBeGreaterThan(8);
      expect((error as WasmFormatError).offset).toBeLessThan(module.length);
    }
  });

  test("some of the same modules are valid with an index in range", () => {
    const valid = Object.values(cases).filter(
      ([text, bound]) => bound > 0 && WebAssembly.validate(wat(text.replaceAll("#", String(bound - 1)))),
    );
    expect(valid.length).toBeGreaterThan(2);
  });
});

test.each([
  ["block", [0x02]],
  ["loop", [0x03]],
  ["if", [0x41, 0, 0x04]],
  ["try", [0x06]],
])("a type out of range is refused: of a %s", (_, opening) => {
  const at = (index: number) => withCode([...opening, index, 0x0b]);
  expect(WebAssembly.validate(prepare(at(0), caps) as BufferSource)).toBe(true);
  for (let index = 1; index < 1 + BEYOND; index++) {
    const module = at(index);
    expect(WebAssembly.validate(module)).toBe(false);
    expect(errorOf(module)).toBeInstanceOf(WasmFormatError);
  }
});

test.each([
  ["call_indirect", "(func (call_indirect # (i32.const 0)))"],
  ["table.get", "(func (drop (table.get # (i32.const 0))))"],
  ["table.grow", "(func (drop (table.grow # (ref.null func) (i32.const 0))))"],
  ["table.copy", "(func (table.copy 0 # (i32.const 0) (i32.const 0) (i32.const 0)))"],
  ["an export", '(export "t" (table #))'],
  ["an element segment", "(elem (table #) (i32.const 0) func)"],
])("a table out of range stays out of range: %s", (_, text) => {
  for (let index = 1; index < 1 + BEYOND; index++) {
    expect(refusedOrInvalid(wat(`(module (table 1 funcref) ${text.replaceAll("#", String(index))})`))).toBe(
      true,
    );
  }
});

test.each([
  ["br", "(func (loop (br #)))", 2],
  ["br_if", "(func (loop (br_if # (i32.const 1))))", 2],
  ["br_table", "(func (loop (br_table 0 # (i32.const 1))))", 2],
  ["br in blocks", "(func (block (loop (block (br #)))))", 4],
  ["delegate", "(func (loop (try (do) (delegate #))))", 2],
  ["rethrow", "(func (loop (try (do) (catch_all (rethrow #)))))", 1],
  ["try_table", "(func (loop (block (try_table (catch_all #)))))", 3],
])("a label out of range stays out of range: %s", (_, text, bound) => {
  for (let label = bound; label < bound + BEYOND; label++) {
    const module = wat(`(module ${text.replaceAll("#", String(label))})`);
    expect(WebAssembly.validate(module)).toBe(false);
    expect(refusedOrInvalid(module), `label ${label}`).toBe(true);
  }
});

test.each([
  ["with a parameter", "(func $f (param i32)) (start $f)"],
  ["with a result", "(func $f (result i32) (i32.const 1)) (start $f)"],
])("a start function of a wrong type stays one: %s", (_, text) => {
  expect(refusedOrInvalid(wat(`(module ${text})`))).toBe(true);
});

test.each([
  ["an import", '(import "guardhost" "check" (func (result i32)))'],
  ["an import of another kind", '(import "guardhost" "x" (global i32))'],
  ["an export", '(func (export "guardhost.start"))'],
  ["an export that nobody uses", '(func (export "guardhost.later"))'],
  ["an export of another kind", '(global (export "guardhost.countdown") (mut i32) (i32.const 0))'],
])("a name of ours is refused: %s", (_, text) => {
  const error = errorOf(wat(`(module ${text})`));
  expect(error).toBeInstanceOf(WasmFormatError);
  expect((error as Error).message).toContain("guardhost");
});

test("imported functions keep their places everywhere", () => {
  const module =
    wat(`(module (import "m" "a" (func $a)) (import "m" "b" (func $b)) (table (export "t") 4 funcref)
    (elem (i32.const 0) $b $a $own) (global (export "g") funcref (ref.func $b)) (export "b" (func $b)) (start $b)
    (func $own (call $a)) (func (export "call") (call $b) (call $own) (call_indirect (i32.const 0)) (return_call $a)))`);
  const calls: string[] = [];
  const m = { a: () => calls.push("a"), b: () => calls.push("b") };
  const guardhost = { check: () => 1_000, pause: () => 1_000 };
  const compiled = new WebAssembly.Module(prepare(module, caps) as BufferSource);
  const exports = new WebAssembly.Instance(compiled, { m, guardhost }).exports as unknown as {
    readonly t: WebAssembly.Table;
    readonly g: WebAssembly.Global<"anyfunc">;
    call(): void;
    b(): void;
    "guardhost.start"(): void;
  };
  exports["guardhost.start"]();
  expect(calls.splice(0)).toEqual(["b"]);
  exports.call();
  expect(calls).toEqual(["b", "a", "b", "a"]);
  expect([exports.t.get(0), exports.g.value]).toEqual([exports.b, exports.b]);
});

test("names like ours are nobody's", () => {
  const module = wat(
    '(module (import "guardhost.x" "check" (func)) (func (export "guardhost")) (func (export "xguardhost.start")))',
  );
  expect(WebAssembly.validate(prepare(module, caps) as BufferSource)).toBe(true);
});

test("a prepared module is not prepared again", () => {
  expect(errorOf(prepare(wat("(module (func))"), caps))).toBeInstanceOf(WasmFormatError);
});

function errorOf(module: Uint8Array): unknown {
  try {
    prepare(module, caps);
  } catch (error) {
    return error;
  }
  return undefined;
}

function refusedOrInvalid(module: Uint8Array): boolean {
  try {
    return !WebAssembly.validate(prepare(module, caps) as BufferSource);
  } catch (error) {
    return error instanceof WasmFormatError;
  }
}

function twoFunctions(rest: string): string {
  return `(module (import "m" "f" (func (result i32))) (table 4 funcref)
    (func (result i32) (i32.const 1)) (func (result i32) (i32.const 1)) ${rest})`;
}

function twoGlobals(rest: string): string {
  return `(module (import "m" "g" (global i32)) (global (mut i32) (i32.const 0)) ${rest})`;
}
