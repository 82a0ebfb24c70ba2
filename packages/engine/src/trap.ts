import { helperModule } from "#helper-module";

let trapFunction: (() => never) | undefined;

/**
 * Unwinds the guest that called the host. A guest's `catch_all` catches every JavaScript exception; what it cannot
 * catch is a trap, and a trap needs WebAssembly.
 */
export function trap(): never {
  trapFunction ??= new WebAssembly.Instance(helperModule("trap")).exports.trap as () => never;
  return trapFunction();
}
