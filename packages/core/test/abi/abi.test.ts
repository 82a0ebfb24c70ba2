import { describe, expect, test } from "vitest";
import * as abi from "../../src/abi/abi.js";
import { formatSignature } from "../../src/module/module-problems.js";

// Pinned by hand, because guards that exist were compiled against these numbers and names.
describe("the ABI", () => {
  test("has these names", () => {
    expect(abi.LABEL_FUNCTIONS).toEqual(["label_agent", "label_resource", "label_response"]);
    expect([abi.MEMORY_EXPORT, abi.ALLOC_EXPORT, abi.DEALLOC_EXPORT]).toEqual(["memory", "alloc", "dealloc"]);
    expect([abi.INITIALIZE_EXPORT, abi.START_EXPORT]).toEqual(["_initialize", "_start"]);
    expect([abi.HOST_MODULE, abi.WASI_MODULE]).toEqual(["env", "wasi_snapshot_preview1"]);
    expect(abi.LOG_LEVELS).toEqual(["debug", "info", "warn", "error"]);
  });

  test.each([
    [abi.LABEL_SIGNATURE, "(i32, i32, i32, i32) -> (i32)"],
    [abi.ALLOC_SIGNATURE, "(i32) -> (i32)"],
    [abi.DEALLOC_SIGNATURE, "(i32, i32) -> ()"],
    [abi.INITIALIZE_SIGNATURE, "() -> ()"],
    [abi.HOST_SIGNATURES.call_backend, "(i32, i32, i32, i32, i32, i32) -> (i32)"],
    [abi.HOST_SIGNATURES.host_log, "(i32, i32, i32) -> ()"],
  ])("has signature %#", (signature, text) => {
    expect(formatSignature(signature)).toBe(text);
  });

  test("has these codes and sizes", () => {
    expect([abi.EMPTY, abi.FAILED, abi.BUFFER_TOO_SMALL, abi.SIZE_HINT_BYTES]).toEqual([0, -1, -2, 4]);
    expect([abi.PAGE_BYTES, abi.MAX_PAGES]).toEqual([65_536, 65_536]);
  });
});
