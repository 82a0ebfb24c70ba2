import { assertGuardModule, GuardError, type GuardLimits, type ModuleDescription } from "@guardhost/core";
import { capLimits, describe, WasmFormatError } from "@guardhost/rewrite";

/** Checks that `bytes` can run as a guard under `limits`, and compiles them so that they cannot grow beyond. */
export async function compileGuard(bytes: Uint8Array, limits: GuardLimits): Promise<WebAssembly.Module> {
  assertGuardModule(describeModule(bytes), limits);
  try {
    return await WebAssembly.compile(capLimits(bytes, limits) as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GuardError("INVALID_MODULE", `the module is not valid WebAssembly: ${why}`, { cause });
  }
}

function describeModule(bytes: Uint8Array): ModuleDescription {
  try {
    return describe(bytes);
  } catch (cause) {
    if (!(cause instanceof WasmFormatError)) throw cause;
    throw new GuardError("INVALID_MODULE", `the module cannot be read: ${cause.message}`, { cause });
  }
}
