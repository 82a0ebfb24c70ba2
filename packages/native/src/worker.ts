/**
 * The entry of the worker threads that {@link native} starts.
 *
 * @module
 */
import { serveGuards } from "@guardhost/thread/worker";
import { openGuard } from "./open-guard.js";
import type { ThreadSetup } from "./threaded-guard.js";

serveGuards(({ module, ...setup }: ThreadSetup, host, options) =>
  openGuard(module, host, { ...setup, stopReason: () => host.stopReason() }, options),
);
