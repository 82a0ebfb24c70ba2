/**
 * The worker's side of engines that `createEngine` makes.
 *
 * @module
 */
import { serveGuards } from "@guardhost/thread/worker";
import type { CreateWasi } from "./instance-wasi.js";
import { openGuard } from "./open-guard.js";
import type { ThreadSetup } from "./threaded-guard.js";

export type { CreateWasi } from "./instance-wasi.js";

/** Makes this worker serve an engine's guards. To be called once, by the worker's entry, as soon as it is loaded. */
export function serveEngine<Setup>(createWasi: CreateWasi<Setup>): void {
  serveGuards(({ module, ...setup }: ThreadSetup<Setup>, host, options) => {
    const stopReason = () => host.stopReason();
    const copyAnswer = (answer: Uint8Array) => host.placeAnswer(answer);
    return openGuard(module, host, { ...setup, createWasi, stopReason, copyAnswer }, options);
  });
}
