import { GuardError } from "@guardhost/core";

/** The least module there is: a header. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Throws a GuardError `ENGINE_UNAVAILABLE` that says which ability of the runtime is missing, where no guard can run in the sandbox. */
export function assertSandboxRuns(): void {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
  } catch (cause) {
    throw new GuardError(
      "ENGINE_UNAVAILABLE",
      `the Wasmer sandbox needs a runtime that compiles WebAssembly while it runs (${cause instanceof Error ? cause.message : cause}): ` +
        "allow it by 'wasm-unsafe-eval' where there is a content security policy, or use another engine",
      { cause },
    );
  }
  if (typeof SharedArrayBuffer === "undefined" || globalThis.crossOriginIsolated === false) {
    throw new GuardError(
      "ENGINE_UNAVAILABLE",
      "the Wasmer sandbox needs SharedArrayBuffer: serve the page with the headers " +
        "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
    );
  }
}
