import { type WasiOptions, wasi } from "@guardhost/wasi";
import { describe, expect, test } from "vitest";

describe("wasi", () => {
  test.each<[options: unknown, problem: string]>([
    [{ args: ["a\0"] }, "args[0] must not contain a NUL"],
    [{ env: { "A=B": "" } }, 'env must not have the name "A=B"'],
    [{ args: ["x".repeat(65_532)] }, "args and env must have 65536 bytes at most, not 65537"],
    [{ files: { "/../x": "" } }, 'files must not have the path "/../x"'],
    [{ files: { "": "" } }, 'files must not have the path ""'],
    [{ files: { "/": "" } }, 'files must not have "/", which is the root'],
    [{ files: { "/a": "", a: "" } }, 'files must not have "a" twice'],
    [{ files: { "/a": "", "/a/b": "" } }, "files must not have /a, which is a directory as well"],
    [{ files: { "/a": new Uint8Array(16_777_217) } }, "files must have 16777216 bytes at most"],
    [
      {
        files: Object.fromEntries(Array.from({ length: 4095 }, (_, i) => [`/d/${i}`, ""])),
        writable: ["/e"],
      },
      "files and writable must have 4096 files and directories at most, not 4097",
    ],
    [
      { files: { "/a": new Uint8Array(4_194_304) }, writable: ["/"] },
      "files that are writable must have 4194304 bytes",
    ],
    [{ args: ["\ud800"] }, "args[0] must be well-formed Unicode"],
    [{ env: { A: "\ud800" } }, "env.A must be well-formed Unicode"],
    [{ files: { "/\ud800": "" } }, 'files must not have the path "/\\ud800"'],
    [{ files: { "/a/": "" } }, 'files must not have the path "/a/"'],
    [{ writable: ["/\ud800"] }, 'writable must not have the path "/\\ud800"'],
    [{ maxThreads: 0 }, "maxThreads must be"],
  ])("refuses what makes no sense at once", (options, problem) => {
    expect(() => wasi(options as WasiOptions)).toThrow(RangeError);
    expect(() => wasi(options as WasiOptions)).toThrow(problem);
  });

  test.each<[options: unknown, message: string]>([
    [{ args: ["a", 1] }, "args[1] must be a string, not number"],
    [{ env: { A: undefined } }, "env.A must be a string"],
    [{ files: { "/a": 1 } }, 'files["/a"] must be a string or a Uint8Array'],
    [{ args: "guard --strict" }, "args must be an array of strings"],
    [{ args: null }, "args must be an array of strings"],
    [{ args: new Array(1) }, "args[0] must be a string, not undefined"],
    [{ env: new Map([["A", "b"]]) }, "env must be a plain object"],
    [{ env: "A=b" }, "env must be a plain object"],
    [{ env: null }, "env must be a plain object"],
    [{ files: new Map([["/a", "b"]]) }, "files must be a plain object"],
    [{ files: ["/a"] }, "files must be a plain object"],
    [{ writable: "/tmp" }, "writable must be an array of strings"],
    [{ writable: ["/tmp", 7] }, "writable[1] must be a string, not number"],
    [{ clock: "reel" }, 'clock must be "deterministic" or "real"'],
    [{ maxThreads: "2" }, 'maxThreads must be a whole number, 1 or more, not "2"'],
    [null, "wasi needs an object of options"],
  ])("refuses what is of another kind", (options, message) => {
    expect(() => wasi(options as WasiOptions)).toThrow(TypeError);
    expect(() => wasi(options as WasiOptions)).toThrow(message);
  });

  test("takes settings that may be undefined, as a configuration has them", () => {
    const { env, args, files, writable }: { [Name in keyof WasiOptions]?: WasiOptions[Name] } = {};
    expect(wasi({ env, args, files, writable }).name).toBe("wasi");
  });

  test.each([{ arg: ["a"] }, { file: {} }, { writeable: ["/"] }, { threads: "worker" }])(
    "refuses %j, which does not exist",
    (options) => {
      expect(() => wasi(options as WasiOptions)).toThrow(TypeError);
      expect(() => wasi(options as WasiOptions)).toThrow(`wasi has no option "${Object.keys(options)[0]}"`);
    },
  );

  test("takes what makes sense, and nothing at all", () => {
    for (const options of [{}, { args: ["x".repeat(65_531)], files: { "a/b": "c" }, writable: ["a", "/"] }]) {
      expect(wasi(options).name).toBe("wasi");
    }
  });
});
