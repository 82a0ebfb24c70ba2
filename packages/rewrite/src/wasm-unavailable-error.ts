/**
 * This runtime does not compile WebAssembly, or has no memory left for it. Modules are read and rewritten by a small module of
 * our own, so that it says nothing about the one that was given.
 */
export class WasmUnavailableError extends Error {
  override readonly name = "WasmUnavailableError";

  /** `cause` is what the runtime has said. */
  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`this runtime cannot run what reads and rewrites WebAssembly: ${why}`, { cause });
  }
}
