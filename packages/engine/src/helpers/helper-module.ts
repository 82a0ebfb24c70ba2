import { compilesNothing } from "../compile-module.js";
import { HELPER_BYTES, type HelperName } from "./helper-bytes.js";

const compiled = new Map<HelperName, WebAssembly.Module>();

/**
 * A module of our own, compiled when it is first needed.
 *
 * @throws GuardError `ENGINE_UNAVAILABLE` where nothing is compiled
 */
export function helperModule(name: HelperName): WebAssembly.Module {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  try {
    const module = new WebAssembly.Module(HELPER_BYTES[name]);
    compiled.set(name, module);
    return module;
  } catch (cause) {
    throw compilesNothing(`the engine's own module ${name} cannot be compiled`, cause);
  }
}
