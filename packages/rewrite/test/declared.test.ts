import type { ModuleDescription } from "@guardhost/core";
import { expect, test } from "vitest";
import { describe, prepareAndDescribe } from "../src/index.js";
import { assemble, id, section, wat } from "./assemble.js";

const caps = { maxMemoryPages: 16, maxTableElements: 100 };

/** What is declared when the code is about to be read. */
function declaredBy(module: Uint8Array): ModuleDescription[] {
  const declared: ModuleDescription[] = [];
  prepareAndDescribe(module, caps, { assertDeclared: (description) => declared.push(description) });
  return declared;
}

test("all that a module declares is known before its code is read, apart from what is in the code", () => {
  const module = wat(`(module
    (import "env" "log" (func (param i32)))
    (memory (export "memory") 1 2)
    (table 3 funcref)
    (elem (i32.const 0) 0 0)
    (global (mut i32) (i32.const 0))
    (func (export "extend") (param i32) (result i32) (i32.extend8_s (local.get 0))))`);
  const { features, customSections, locals, typedBlocks, nesting, ...rest } = describe(module);
  expect(features).toContain("sign-extension");
  expect([locals, typedBlocks, nesting]).toEqual([0, 0, 1]);
  const [declared] = declaredBy(module);
  expect(declared).toMatchObject({ ...rest, locals: 0, typedBlocks: 0, nesting: 0 });
  expect(declared?.features).not.toContain("sign-extension");
});

test.each(["(module)", '(module (memory (export "memory") 1) (data (i32.const 0) "x"))'])(
  "it is asked once where there is no code: %s",
  (text) => {
    expect(declaredBy(wat(text)).length).toBe(1);
  },
);

test("a module that is refused for what it declares has its code read by nobody", () => {
  const refusal = new Error("not this one");
  const module = assemble(
    section(id.type, 1, 0x60, 0, 0),
    section(id.function, 1, 0),
    section(id.code, 1, 3, 0, 0xff, 0x0b),
  );
  const assertDeclared = () => {
    throw refusal;
  };
  expect(() => prepareAndDescribe(module, caps)).toThrow("unknown opcode");
  expect(() => prepareAndDescribe(module, caps, { assertDeclared })).toThrow(refusal);
});
