import type { WasiOptions } from "@guardhost/wasi";

/** Everything that the shim adds, so that whatever it might break is seen to hold. */
export const everything: WasiOptions = {
  args: ["guard", "--strict"],
  env: { LANG: "C" },
  files: { "/etc/rules.txt": "public\n" },
  writable: ["/tmp"],
};

/** What holds for sealed guards only. */
export const deviations: readonly { readonly id: string; readonly reason: string }[] = [
  { id: "wasi:no-arguments", reason: "arguments were given" },
  { id: "wasi:no-environment", reason: "an environment was given" },
  { id: "wasi:no-preopens", reason: "the root is open, because files were given" },
];
