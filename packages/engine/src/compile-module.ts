import { GuardError } from "@guardhost/core";

/** Compiles. Rejects with a GuardError `INVALID_MODULE` that says what the runtime has against the module. */
export async function compileModule(bytes: Uint8Array): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes as BufferSource);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GuardError("INVALID_MODULE", `the module is not valid WebAssembly: ${why}`, { cause });
  }
}
