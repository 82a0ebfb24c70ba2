import { native } from "@guardhost/native";
import { wasi } from "@guardhost/wasi";
import { wasmer } from "@guardhost/wasmer";

/** Everything that the shim adds, so that whatever it might break is seen to hold. */
const everything = {
  args: ["guard", "--strict"],
  env: { LANG: "C" },
  files: { "/etc/rules.txt": "public\n" },
  writable: ["/tmp"],
};

/** What holds for sealed guards only. */
const deviations = [
  { id: "wasi:no-arguments", reason: "arguments were given" },
  { id: "wasi:no-environment", reason: "an environment was given" },
  { id: "wasi:no-preopens", reason: "the root is open, because files were given" },
];

/**
 * The engines of the matrix: how each is made, and how it deviates from the suite. The shim of `wasi` is WebAssembly that is compiled
 * when it is first needed, so runtimes that compile nothing run it without what needs it.
 */
export const engines = {
  native: () => ({ create: native, deviations: [] }),
  wasi: ({ canCompile }) =>
    canCompile
      ? { create: (options) => wasi({ ...options, ...everything }), deviations }
      : { create: wasi, deviations: [] },
  wasmer: () => ({ create: () => wasmer(), deviations: [] }),
};
