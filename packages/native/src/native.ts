import type { GuardEngine } from "@guardhost/core";
import { createEngine, type EngineOptions, sealedWasiOf } from "@guardhost/engine";
import { spawnWorker } from "#spawn-worker";

/** Settings of {@link native}. */
export interface NativeOptions extends EngineOptions {}

/**
 * The runtime's own WebAssembly. Every guard gets interrupt checks, by which a deadline or an abort stops it wherever it is.
 *
 * Throws a TypeError for options that do not exist or are of another kind, and a RangeError for what else makes no sense. Loading
 * a guard rejects with a GuardError `ENGINE_UNAVAILABLE` where `thread: "worker"` is impossible.
 */
export function native(options: NativeOptions = {}): GuardEngine {
  return createEngine({
    name: "native",
    options,
    createWasi: sealedWasiOf,
    createSetup: ({ clock, random }) => ({ clock, random }),
    spawnWorker,
  });
}
