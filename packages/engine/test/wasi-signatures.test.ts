import { WASI } from "node:wasi";
import { WASI_SIGNATURES } from "@guardhost/core";
import { expect, test } from "vitest";
import { wasiFunctions } from "./wasi-harness.js";

test("the functions of preview 1 are those that Node provides", () => {
  const node = new WASI({ version: "preview1" }).getImportObject() as Record<string, object>;
  expect(wasiFunctions.toSorted()).toEqual(Object.keys(node.wasi_snapshot_preview1 ?? {}).toSorted());
  expect(wasiFunctions).toHaveLength(46);
});

test("every function answers an error number, but for proc_exit", () => {
  for (const name of wasiFunctions) {
    expect(WASI_SIGNATURES[name].results, name).toEqual(name === "proc_exit" ? [] : ["i32"]);
  }
});

test("sizes, offsets, times and rights are 64 bits wide", () => {
  expect(WASI_SIGNATURES.fd_seek.params).toEqual(["i32", "i64", "i32", "i32"]);
  expect(WASI_SIGNATURES.fd_advise.params).toEqual(["i32", "i64", "i64", "i32"]);
  expect(WASI_SIGNATURES.clock_time_get.params).toEqual(["i32", "i64", "i32"]);
  expect(WASI_SIGNATURES.path_open.params.join(" ")).toBe("i32 i32 i32 i32 i32 i64 i64 i32 i32");
  expect(WASI_SIGNATURES.sched_yield.params).toEqual([]);
});
