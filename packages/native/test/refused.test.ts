import { loadGuard, native, prepareGuard } from "@guardhost/native";
import { wat } from "@guardhost/wat";
import { afterEach, expect, test, vi } from "vitest";
import { guardWith } from "./guard.js";

afterEach(() => vi.restoreAllMocks());

const engines = (["caller", "worker"] as const).map((thread) => native({ thread }));

test.each(engines)(
  "a guard of wrong types is told what the runtime has against it, not against what became of it",
  async (engine) => {
    const guard = guardWith("(f32.const 1)");
    const { message } = (await WebAssembly.compile(guard).catch((error: Error) => error)) as Error;
    await expect(loadGuard(guard, { engine })).rejects.toMatchObject({
      code: "INVALID_MODULE",
      message: `the module is not valid WebAssembly: ${message.replace("WebAssembly.compile(): ", "")}`,
    });
  },
);

test("a guard that is not valid is refused even where what became of it is", async () => {
  const guard = guardWith("(i32.const 1)");
  const { Module } = WebAssembly;
  vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
  vi.spyOn(WebAssembly, "Module").mockImplementation(function compile(bytes) {
    if (bytes.byteLength === guard.length) throw new WebAssembly.CompileError("not this one");
    return new Module(bytes);
  });
  await expect(loadGuard(guard, { engine: native({ thread: "caller" }) })).rejects.toMatchObject({
    code: "INVALID_MODULE",
    message: expect.stringContaining("not this one"),
  });
});

test("bytes that change once they were given are judged as they were", async () => {
  const bytes = guardWith("(i64.const 1)");
  const prepared = prepareGuard(bytes);
  bytes.set(guardWith("(i32.const 1)"));
  await expect(prepared).rejects.toMatchObject({ code: "INVALID_MODULE" });
});

test("a guard that cannot be rewritten is told first what is wrong with it as a guard", async () => {
  // Imports from where the checks come from.
  const guard = wat('(module (import "guardhost" "check" (func)) (memory (export "memory") 1))');
  await expect(loadGuard(guard, { engine: native({ thread: "caller" }) })).rejects.toMatchObject({
    code: "INVALID_MODULE",
    message: expect.stringContaining("label_agent"),
  });
});
