import { modules } from "../generated/modules.js";

/** Names of the suite's modules; `scripts/guest-modules.js` says what each is. */
export type ModuleName = keyof typeof modules;

/** A fresh copy of a module's bytes. */
export function moduleBytes(name: ModuleName): Uint8Array {
  return Uint8Array.from(atob(modules[name]), (character) => character.charCodeAt(0));
}
