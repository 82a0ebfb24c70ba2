import { WASI } from "node:wasi";
import { describe, expect, test } from "vitest";
import { WASI_SIGNATURES } from "../../src/abi/wasi-preview1.js";

describe("WASI_SIGNATURES", () => {
  test("name what another host of WASI preview 1 offers, no more and no less", () => {
    const { wasiImport } = new WASI({ version: "preview1" });
    expect(Object.keys(WASI_SIGNATURES).sort()).toEqual(Object.keys(wasiImport as object).sort());
    expect(Object.keys(WASI_SIGNATURES)).toHaveLength(46);
  });

  test("answer an error number, all but the one that does not return", () => {
    for (const [name, { results }] of Object.entries(WASI_SIGNATURES)) {
      expect(results, name).toEqual(name === "proc_exit" ? [] : ["i32"]);
    }
  });

  // A few against the text of the standard: those with 64-bit parameters, and those without any.
  test.each<[name: keyof typeof WASI_SIGNATURES, params: string]>([
    ["clock_time_get", "i32 i64 i32"],
    ["fd_seek", "i32 i64 i32 i32"],
    ["fd_pread", "i32 i32 i32 i64 i32"],
    ["fd_readdir", "i32 i32 i32 i64 i32"],
    ["fd_filestat_set_times", "i32 i64 i64 i32"],
    ["path_filestat_set_times", "i32 i32 i32 i32 i64 i64 i32"],
    ["path_open", "i32 i32 i32 i32 i32 i64 i64 i32 i32"],
    ["fd_write", "i32 i32 i32 i32"],
    ["random_get", "i32 i32"],
    ["sched_yield", ""],
  ])("%s takes (%s)", (name, params) => {
    expect(WASI_SIGNATURES[name].params.join(" ")).toBe(params);
  });
});
