import { describe, expect, test, vi } from "vitest";
import { bytesOf, textOf } from "../support/bytes.js";
import { anyInput, openWasm, smallBuffers } from "../support/open-channel.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections } from "../support/unhandled-rejections.js";
import { bumpAllocator, op, type WasmFunction, type WasmModuleOptions } from "../support/wasm-module.js";

expectNoUnhandledRejections();

/** The three label functions with the same instructions. */
function labelling(body: readonly number[], locals = 0): WasmFunction[] {
  return ["label_agent", "label_resource", "label_response"].map((name) => ({
    name,
    params: 4,
    results: 1,
    locals,
    body,
  }));
}

/** Copies the input to the output. */
const echo = [...op.get(2), ...op.get(0), ...op.get(1), ...op.copy, ...op.get(1)];

describe("a guest of WebAssembly", () => {
  const guard = (body: readonly number[], more: Partial<WasmModuleOptions> = {}) =>
    openWasm({ functions: [...labelling(body), ...bumpAllocator], ...more });

  test("answers, again and again", async () => {
    const channel = await guard(echo);
    for (const text of ["one", "two", ""]) {
      expect(textOf(await channel.call("label_response", bytesOf(text)))).toBe(text);
    }
  });

  test("answers without an allocator, above the memory that it has", async () => {
    const channel = await openWasm(
      // Answers with the pointer of its input.
      { functions: labelling([...op.get(2), ...op.get(0), ...op.store, ...op.const(4)]), pages: 1 },
      { limits: { ...smallBuffers, allowDirectMemory: true } },
    );
    expect(await channel.call("label_agent", anyInput)).toEqual(Uint8Array.of(0, 0, 1, 0));
  });

  test("may grow its memory during the call", async () => {
    const channel = await guard([...op.const(3), ...op.grow, ...op.drop, ...echo]);
    expect(textOf(await channel.call("label_agent", bytesOf("grown")))).toBe("grown");
  });

  test("is lost once it trapped, and says so from then on", async () => {
    const channel = await guard([...op.unreachable]);
    const trapped = await thrownBy(() => channel.call("label_agent", anyInput));
    expect(trapped).toMatchObject({
      code: "TRAPPED",
      lost: true,
      cause: expect.any(WebAssembly.RuntimeError),
    });
    expect(await thrownBy(() => channel.call("label_agent", anyInput))).toMatchObject({
      code: "CLOSED",
      lost: true,
      cause: trapped,
    });
  });

  test("is lost once its stack overflowed (W25)", async () => {
    const recurse = [...op.get(0), ...op.get(1), ...op.get(2), ...op.get(3), ...op.call(0)];
    const channel = await guard(recurse);
    expect(await thrownBy(() => channel.call("label_agent", anyInput))).toMatchObject({
      code: "TRAPPED",
      lost: true,
      message: expect.stringContaining("overflowed its stack"),
    });
  });

  test("is lost once a trap ended its dealloc", async () => {
    const [alloc] = bumpAllocator as [WasmFunction];
    const dealloc = { name: "dealloc", params: 2, results: 0, body: [...op.unreachable] };
    const channel = await openWasm({ functions: [...labelling(echo), alloc, dealloc] });
    expect(await thrownBy(() => channel.call("label_agent", anyInput))).toMatchObject({
      code: "TRAPPED",
      lost: true,
    });
  });

  test.each([
    ["start section", { start: 0 }],
    ["_initialize", {}],
  ])("does not open when its %s traps", async (_what, more) => {
    const initialize = { name: "_initialize", params: 0, results: 0, body: [...op.unreachable] };
    const opening = openWasm({ functions: [initialize, ...labelling(echo), ...bumpAllocator], ...more });
    expect(await thrownBy(() => opening)).toMatchObject({ code: "TRAPPED", lost: true });
  });

  test("reaches the backend", async () => {
    const backend = vi.fn(() => ({ a: 1 }));
    // No name, no arguments; the result goes where the answer goes.
    const ask = [0, 0, 0, 0].flatMap((value) => op.const(value));
    const channel = await openWasm(
      {
        imports: [{ name: "call_backend", params: 6, results: 1 }],
        functions: [...labelling([...ask, ...op.get(2), ...op.get(3), ...op.call(0)]), ...bumpAllocator],
      },
      { backend },
    );
    expect(textOf(await channel.call("label_agent", anyInput))).toBe('{"a":1}');
    expect(backend).toHaveBeenCalledExactlyOnceWith("", null, { signal: expect.any(AbortSignal) });
  });
});
