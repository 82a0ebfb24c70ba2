/**
 * The entry of the worker threads that {@link native} starts.
 *
 * @module
 */
import { sealedWasiOf } from "@guardhost/engine";
import { serveEngine } from "@guardhost/engine/worker";

serveEngine(sealedWasiOf);
