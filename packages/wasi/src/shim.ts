import { GuardError, instanceWithoutMemory } from "@guardhost/core";
import { init } from "@wasmer/wasi";

let loading: Promise<void> | undefined;

/**
 * Loads the shim's own WebAssembly, once per thread, however many ask for it. After a failure the next one tries again.
 *
 * @throws GuardError `ENGINE_UNAVAILABLE`; `OUT_OF_MEMORY` where there is no room for its memory
 */
export function loadShim(): Promise<void> {
  loading ??= load().catch((cause) => {
    loading = undefined;
    throw (
      instanceWithoutMemory(cause) ??
      new GuardError("ENGINE_UNAVAILABLE", "@wasmer/wasi could not be loaded", { cause })
    );
  });
  return loading;
}

function load(): Promise<void> {
  // Forced, because the shim remembers a failure. Nothing of it is in use yet.
  return withBuffer(() => init(undefined, true));
}

/** Runs what decodes base64 with Node's Buffer, as the shim does before it first awaits, where there may be none. */
function withBuffer<T>(run: () => T): T {
  const scope = globalThis as { Buffer?: unknown };
  if (scope.Buffer !== undefined) return run();
  scope.Buffer = {
    from: (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)),
  };
  try {
    return run();
  } finally {
    delete scope.Buffer;
  }
}
