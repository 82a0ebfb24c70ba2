import { type CompiledGuard, jsonHostOf } from "@guardhost/core";
import { closingGuard } from "./closing-guard.js";
import { type InstanceOptions, openGuard } from "./open-guard.js";

/** A guard whose instances live on the caller's thread. */
export function callerGuard<Setup>(
  module: WebAssembly.Module,
  instanceOptions: InstanceOptions<Setup>,
): CompiledGuard {
  return closingGuard({
    open: (host, options) => openGuard(module, jsonHostOf(host), instanceOptions, options),
  });
}
