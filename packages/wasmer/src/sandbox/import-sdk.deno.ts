import type { Wasmer } from "@wasmer/sdk/browser";

/**
 * Loads the SDK as it is for pages. Deno would get the one for Node, which starts its workers by the global `Worker` and looks in them for
 * the port of Node's: there is none in Deno's, and what a worker does not catch ends the process.
 */
export async function importSdk(): Promise<typeof Wasmer> {
  return (await import("@wasmer/sdk/browser")).Wasmer;
}
