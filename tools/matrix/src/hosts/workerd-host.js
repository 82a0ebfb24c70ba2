import { join } from "node:path";
import { FETCHED_RUN_TIMEOUT_MS } from "./run-timeout.js";
import { bundleWorker, serveWorker } from "./workerd-service.js";

/**
 * workerd, on which Cloudflare Workers run. It compiles no guards, so another runtime prepares those of the suite beforehand.
 *
 * @param {string} executable
 * @param {string} node executable of a Node with JavaScript Promise Integration, because without it parts of the suite are not run
 * @returns {import("./host.d.ts").OpenHost}
 */
export function workerdHost(executable, node) {
  return async (consumer) => {
    const suite = join(consumer.folder, "suite");
    await consumer.run(node, join(suite, "prepare-modules.js"), join(suite, "prepared"));
    const bundle = await bundleWorker(join(suite, "in-workerd.js"), join(suite, "dist-workerd"));
    const { stdout } = await consumer.run(executable, "--version");
    return {
      version: stdout.replace("workerd", "").trim(),
      async run(cell) {
        // A process for each run, because all requests of one share a thread.
        const service = await serveWorker(executable, bundle);
        try {
          const response = await fetch(`${service.url}?${new URLSearchParams({ ...cell })}`, {
            signal: AbortSignal.timeout(FETCHED_RUN_TIMEOUT_MS),
          });
          const text = await response.text();
          if (!response.ok) throw new Error(`the Worker answers ${response.status}: ${text}`);
          return JSON.parse(text);
        } finally {
          await service.close();
        }
      },
      close: async () => undefined,
    };
  };
}
