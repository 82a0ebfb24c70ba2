import { GuardError } from "@guardhost/core";

/** Bytes of a module that is compiled at once: that usually takes a few milliseconds, and other threads may be busy for longer. */
const COMPILED_AT_ONCE_BYTES = 2 ** 19;

/**
 * Compiles, on other threads if that takes its time.
 *
 * @param problem what it means that the module is not valid
 * @throws GuardError `INVALID_MODULE` that says what the runtime has against the module; `ENGINE_UNAVAILABLE` when it has
 *   nothing against it, and does not compile it all the same
 */
export async function compileModule(
  bytes: Uint8Array,
  problem = "the module is not valid WebAssembly",
): Promise<WebAssembly.Module> {
  try {
    if (bytes.length <= COMPILED_AT_ONCE_BYTES) return new WebAssembly.Module(bytes as BufferSource);
    return await WebAssembly.compile(bytes as BufferSource);
  } catch (cause) {
    // V8 begins with which function of its own was called.
    const why = (cause instanceof Error ? cause.message : String(cause)).replace(
      /^WebAssembly\.\w+\(\): /,
      "",
    );
    if (WebAssembly.validate(bytes as BufferSource)) {
      throw compilesNothing(`this runtime does not compile the module: ${why}`, cause);
    }
    throw new GuardError("INVALID_MODULE", `${problem}: ${why}`, { cause });
  }
}

/** What to tell where the runtime compiles nothing, whatever module it is given. */
export function compilesNothing(problem: string, cause: unknown): GuardError {
  return new GuardError(
    "ENGINE_UNAVAILABLE",
    `${problem}; allow it by 'wasm-unsafe-eval' where there is a content security policy, or load what \`guardhost prepare\` wrote ` +
      "as a compiled module",
    { cause },
  );
}
