import type { GuardEngine } from "../engine.js";

/** Throws a TypeError unless `engine` is one, above all where the function that makes it was not called. `of` is what needs it. */
export function assertEngine(of: string, engine: unknown): asserts engine is GuardEngine {
  if (typeof (engine as GuardEngine | null | undefined)?.compile !== "function")
    throw new TypeError(`${of} needs an engine, as native() makes it, not type ${typeof engine}`);
}
