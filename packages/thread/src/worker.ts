/**
 * The worker's side: for the worker entries of engines.
 *
 * @module
 */

export { type OpenThreadChannel, serveGuards } from "./worker/serve-guards.js";
export type { ThreadGuardHost } from "./worker/worker-host.js";
