/// <reference path="./wasm-modules.d.ts" />
import type { HelperName } from "./helper-bytes.js";
import suspendingBackend from "./suspendingBackend.wasm";
import trap from "./trap.wasm";

const modules: Readonly<Record<HelperName, WebAssembly.Module>> = { suspendingBackend, trap };

/** A module of our own. workerd compiles what is deployed, and nothing else; the package's build writes the files. */
export function helperModule(name: HelperName): WebAssembly.Module {
  return modules[name];
}
