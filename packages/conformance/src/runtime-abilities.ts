import { type ModuleName, moduleBytes } from "./guest/module-bytes.js";
import type { Ability, NamedAbility } from "./requirement.js";

/** A module that only runtimes with the ability accept. Undefined where nothing of the kind shows it. */
const PROBES: Readonly<Record<NamedAbility, ModuleName | undefined>> = {
  exceptions: "throwing",
  exceptionReferences: "endlessCatchingReferences",
  tailCalls: "endlessTailCalls",
  asyncContext: undefined,
};

/** Whether no engine states `ability` about itself. */
export function isNamedAbility(ability: Ability): ability is NamedAbility {
  return Object.hasOwn(PROBES, ability);
}

/** Whether nothing speaks against this runtime's having `ability`. */
export function runtimeHas(ability: NamedAbility): boolean {
  const probe = PROBES[ability];
  return probe === undefined || WebAssembly.validate(moduleBytes(probe) as Uint8Array<ArrayBuffer>);
}
