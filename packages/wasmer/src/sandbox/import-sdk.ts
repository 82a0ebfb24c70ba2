import type { Wasmer } from "@wasmer/sdk/browser";

/** Loads the SDK, as it is for this runtime. */
export async function importSdk(): Promise<typeof Wasmer> {
  return (await import("@wasmer/sdk")).Wasmer;
}
