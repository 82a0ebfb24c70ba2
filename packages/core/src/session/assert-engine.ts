import type { GuardEngine } from "../engine.js";

/** Throws a TypeError unless `engine` is one. `of` is what needs it. */
export function assertEngine(of: string, engine: unknown): asserts engine is GuardEngine {
  if (typeof engine === "function")
    throw new TypeError(`${of} needs an engine, and got a function: call it, as in native()`);
  if (typeof (engine as GuardEngine | null | undefined)?.compile !== "function")
    throw new TypeError(`${of} needs an engine, as native() makes it`);
}
