import { GuardError } from "../error.js";

/**
 * @throws GuardError `ENGINE_UNAVAILABLE` where the runtime was started without WebAssembly, as by Node's --jitless, and in the
 *   lockdown mode of Safari
 */
export function assertWebAssembly(): void {
  if (typeof WebAssembly !== "undefined") return;
  throw new GuardError(
    "ENGINE_UNAVAILABLE",
    "WebAssembly is not available to this process: start Node without --jitless, Safari without lockdown mode",
  );
}
