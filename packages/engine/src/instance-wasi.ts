import type { Invocation, WasiFunction } from "@guardhost/core";
import { trap } from "./trap.js";
import { createSealedWasi, type SealedWasi, type SealedWasiOptions } from "./wasi/sealed-wasi.js";

/** The WASI of one instance. */
export interface InstanceWasi extends SealedWasi {
  /** Lets go of what the instance held. Called once, when nothing of the guest runs any more. */
  close?(): void;
}

/**
 * Makes the WASI of a fresh instance.
 *
 * @param invocation the state that the instance's imports share with its calls; it has no memory yet
 * @param setup what the engine was made with, possibly cloned
 * @param imported the functions that the guest imports, at least one
 */
export type CreateWasi<Setup> = (
  invocation: Invocation,
  setup: Setup,
  imported: ReadonlySet<WasiFunction>,
) => InstanceWasi | Promise<InstanceWasi>;

/** What clocks and randomness a guest is given. */
export type SealedSetup = Pick<SealedWasiOptions, "clock" | "random">;

/** A sealed WASI whose output is the log of `invocation`, whose work is charged there, and whose exit traps. */
export function sealedWasiOf(
  invocation: Invocation,
  { clock, random, isOpenFile }: SealedSetup & Pick<SealedWasiOptions, "isOpenFile">,
): SealedWasi {
  return createSealedWasi({
    clock,
    random,
    isOpenFile,
    memory: () => invocation.memory,
    logBytesLeft: () => invocation.logBytesLeft,
    writeLine: (stream, line) => invocation.log(stream === "stderr" ? "warn" : "info", line),
    charge: (units) => invocation.interrupts?.charge(units),
    exit(code) {
      invocation.exited(code);
      return trap();
    },
  });
}
