import type { ThreadWorker } from "@guardhost/thread";

/** Starts a worker thread for guards. Bundlers follow the URL only where it is written like this. */
export function spawnWorker(): ThreadWorker {
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "guardhost" });
}
