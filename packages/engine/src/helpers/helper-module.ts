import { HELPER_BYTES, type HelperName } from "./helper-bytes.js";

const compiled = new Map<HelperName, WebAssembly.Module>();

/** A module of our own, compiled when it is first needed. */
export function helperModule(name: HelperName): WebAssembly.Module {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const module = new WebAssembly.Module(HELPER_BYTES[name]);
  compiled.set(name, module);
  return module;
}
