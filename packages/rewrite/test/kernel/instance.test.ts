import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { assemble, id, leb, section, typeSection, withCode } from "../assemble.js";
import { large, module, repeated, types } from "../same-behaviour/large-module.js";

const caps = { maxMemoryPages: 512, maxTableElements: 1_000 };
const plain = withCode([0x41, 0, 0x1a]);
/** An expression that JavaScript does not read by itself. */
const odd = assemble(section(id.global, 1, 0x7e, 0, 0x42, 0, 0x0b));
const without = assemble(typeSection, section(id.memory, 1, 0, 1));

const { Module, Instance } = WebAssembly;
let compiled = 0;
let instantiated = 0;
/** What the runtime throws in the place of compiling. */
let refusal: unknown;

class CountedModule extends Module {
  constructor(bytes: BufferSource) {
    if (refusal !== undefined) throw refusal;
    super(bytes);
    compiled++;
  }
}

class CountedInstance extends Instance {
  constructor(module: WebAssembly.Module) {
    super(module);
    instantiated++;
  }
}

/** The package as a process has it that has just imported it. */
async function freshPackage() {
  vi.resetModules();
  return await import("../../src/index.js");
}

beforeEach(() => {
  [compiled, instantiated, refusal] = [0, 0, undefined];
  Object.assign(WebAssembly, { Module: CountedModule, Instance: CountedInstance });
});

afterEach(() => Object.assign(WebAssembly, { Module, Instance }));

test("nothing is compiled before there is code to be read", async () => {
  const { describe, capLimits, isPrepared } = await freshPackage();
  describe(without);
  capLimits(without, caps);
  isPrepared(plain);
  expect(compiled).toBe(0);
});

test("the kernel is compiled once, and serves one module after the other", async () => {
  const { describe, prepare } = await freshPackage();
  for (const bytes of [plain, odd, plain]) {
    describe(bytes);
    prepare(bytes, caps);
  }
  expect(compiled).toBe(1);
  expect(instantiated).toBe(1);
});

test("a module that is changed in place is read anew", async () => {
  const { describe, prepare } = await freshPackage();
  const bytes = plain.slice();
  const prepared = prepare(bytes, caps);
  const opcode = bytes.length - 2;
  bytes[opcode] = 0xff;
  expect(() => describe(bytes)).toThrow("unknown opcode 0xff");
  expect(() => prepare(bytes, caps)).toThrow("unknown opcode 0xff");
  bytes[opcode] = 0x1a;
  expect(prepare(bytes, caps)).toEqual(prepared);
});

/** One with as many functions, and so too much memory to keep. */
const huge = () =>
  module(
    types,
    large(id.function, Uint8Array.from(leb(900_000)), repeated(900_000, 0)),
    large(id.code, Uint8Array.from(leb(900_000)), repeated(900_000, 2, 0, 0x0b)),
  );

test("memory that only a large module needs is given back, whatever becomes of it", async () => {
  const { describe, prepare } = await freshPackage();
  const large = huge();
  const damaged = large.slice();
  damaged[damaged.length - 1] = 0xff;
  describe(plain);
  prepare(large, caps);
  expect(instantiated).toBe(1);
  describe(plain);
  expect(instantiated).toBe(2);
  expect(() => prepare(damaged, caps)).toThrow("unknown opcode 0xff");
  describe(plain);
  expect(instantiated).toBe(3);
  expect(compiled).toBe(1);
});

test("a runtime that does not compile says so, and is asked again", async () => {
  const { describe, prepare, WasmUnavailableError } = await freshPackage();
  const cause = new WebAssembly.CompileError("code generation is not allowed");
  refusal = cause;
  const error = errorOf(() => prepare(plain, caps));
  expect(error).toBeInstanceOf(WasmUnavailableError);
  expect(error).toMatchObject({ name: "WasmUnavailableError", cause });
  expect(String(error)).toContain("code generation is not allowed");
  refusal = undefined;
  expect(describe(plain)).toMatchObject({ functions: 1 });
});

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
