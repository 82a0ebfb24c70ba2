import { defaultLimits, loadGuard, native, prepareGuard } from "@guardhost/native";
import { wat } from "@guardhost/wat";
import { describe, expect, test, vi } from "vitest";
import { guardWith } from "./guard.js";

const engines = (["caller", "worker"] as const).map((thread) => native({ thread }));

/** A custom section that makes a module too large to be compiled at once. */
const padding = new Uint8Array(4 + 2 ** 19);
padding.set([0, 0x80, 0x80, 0x20]);

test.each(
  engines.flatMap((engine) => [
    { engine, size: "small", more: [] },
    { engine, size: "large", more: padding },
  ]),
)(
  "a $size guard of wrong types is told what the runtime has against it, not against what became of it",
  async ({ engine, more }) => {
    const guard = new Uint8Array([...guardWith("(loop (i32.const 1)) (i32.const 0)"), ...more]);
    const { message } = (await WebAssembly.compile(guard).catch((error: Error) => error)) as Error;
    await expect(loadGuard(guard, { engine })).rejects.toMatchObject({
      code: "INVALID_MODULE",
      message: `the module is not valid WebAssembly: ${message.replace("WebAssembly.compile(): ", "")}`,
    });
  },
);

test.each<[string, (guard: Uint8Array) => Promise<unknown>]>([
  ["loading", (guard) => loadGuard(guard, { engine: native() })],
  ["an engine itself", (guard) => native().compile(guard, defaultLimits)],
  ["preparing", (guard) => prepareGuard(guard)],
])("where there is no WebAssembly, %s says so, and how to get it", async (_, use) => {
  const guard = guardWith("(i32.const 0)");
  vi.stubGlobal("WebAssembly", undefined);
  try {
    await expect(use(guard)).rejects.toMatchObject({
      code: "ENGINE_UNAVAILABLE",
      message: expect.stringMatching(/^WebAssembly is not available to this process: .*--jitless/),
    });
  } finally {
    vi.unstubAllGlobals();
  }
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

describe("a guard that becomes too large when it gets its checks", () => {
  const guard = guardWith(`${"(loop)".repeat(190_000)} (i32.const 0)`);
  const refusal = {
    code: "INVALID_MODULE",
    message: expect.stringMatching(/^the guard is valid, but .* has to be split: .*maximum function size/),
  };

  test("is told so when it is loaded", async () => {
    expect(WebAssembly.validate(guard)).toBe(true);
    await expect(loadGuard(guard, { engine: native({ thread: "caller" }) })).rejects.toMatchObject(refusal);
  });

  test("is told so when it is prepared, which gives out nothing that does not compile", async () => {
    await expect(prepareGuard(guard)).rejects.toMatchObject(refusal);
  });
});
