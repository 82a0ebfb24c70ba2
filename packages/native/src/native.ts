import type { GuardEngine } from "@guardhost/core";
import { createEngine, type EngineOptions, sealedWasiOf } from "@guardhost/engine";
import { spawnWorker } from "#spawn-worker";

/** Settings of {@link native}. */
export interface NativeOptions extends EngineOptions {}

/**
 * The runtime's own WebAssembly. Every guard gets interrupt checks, by which a deadline or an abort stops it wherever it is.
 *
 * Throws a TypeError for options that do not exist, and a RangeError for those that make no sense. Loading a guard rejects with
 * a GuardError `ENGINE_UNAVAILABLE` where `thread: "worker"` is impossible.
 */
export function native(options: NativeOptions = {}): GuardEngine {
  const { clock, random } = options;
  return createEngine({
    name: "native",
    options,
    createWasi: sealedWasiOf,
    setup: { clock, random },
    spawnWorker,
  });
}
