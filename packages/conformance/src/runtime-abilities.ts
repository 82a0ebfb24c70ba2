import { type ModuleName, moduleBytes } from "./guest/module-bytes.js";
import type { Ability, NamedAbility } from "./requirement.js";

/** What is asked of a runtime. */
const PROBES: Readonly<Record<NamedAbility, () => boolean>> = {
  exceptions: () => accepts("throwing"),
  exceptionReferences: () => accepts("endlessCatchingReferences"),
  tailCalls: () => accepts("endlessTailCalls"),
  // Nothing that all runtimes have shows it.
  asyncContext: () => true,
  compilation: canCompile,
};

/** Whether no engine states `ability` about itself. */
export function isNamedAbility(ability: Ability): ability is NamedAbility {
  return Object.hasOwn(PROBES, ability);
}

/** Whether nothing speaks against this runtime's having `ability`. */
export function runtimeHas(ability: NamedAbility): boolean {
  return PROBES[ability]();
}

function accepts(module: ModuleName): boolean {
  return WebAssembly.validate(moduleBytes(module) as Uint8Array<ArrayBuffer>);
}

function canCompile(): boolean {
  try {
    new WebAssembly.Module(moduleBytes("minimal") as Uint8Array<ArrayBuffer>);
    return true;
  } catch {
    return false;
  }
}
