/**
 * The entry of the worker threads that {@link wasi} starts.
 *
 * @module
 */
import { serveEngine } from "@guardhost/engine/worker";
import { createWasi } from "./create-wasi.js";

serveEngine(createWasi);
