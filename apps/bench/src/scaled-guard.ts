import { readFileSync } from "node:fs";
import { wasmUrl } from "./fixtures.js";
import { scaledModule } from "./scaled-module.js";

/** A guard, with its functions as often as it takes to have about so many bytes, and at least once. */
export function scaledGuard(guard: string, bytes: number): Uint8Array {
  const module = new Uint8Array(readFileSync(guardUrl(guard)));
  const growth = scaledModule(module, 2).length - module.length;
  return scaledModule(module, 1 + Math.max(0, Math.round((bytes - module.length) / growth)));
}

/** Where a guard of this repository is, if it was built. */
export function guardUrl(guard: string): URL {
  return new URL(`${guard}.wasm`, wasmUrl);
}
