import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { openBrowser } from "./browser.js";
import { serveFolder } from "./static-server.js";

/** What a page with the engine `wasmer` is built with, as its README says. The others need none of it, which tests of bundles show. */
export const wasmerConfig = fileURLToPath(
  new URL("../../../../packages/wasmer/examples/vite.config.js", import.meta.url),
);

/** @type {WeakMap<object, Promise<string>>} */
const built = new WeakMap();

/**
 * The folder of the page that Vite makes of the suite; once for each consumer.
 *
 * @param {import("@guardhost/consumer").Consumer} consumer
 */
function buildPage(consumer) {
  const known = built.get(consumer);
  if (known !== undefined) return known;
  const root = join(consumer.folder, "suite");
  const building = build({ root, configFile: wasmerConfig, logLevel: "error" }).then(() =>
    join(root, "dist"),
  );
  built.set(consumer, building);
  return building;
}

/**
 * Chromium, with the page that Vite makes of the suite: a page for each run.
 *
 * @param {string} executable
 * @param {{ isolated: boolean }} options whether the page is cross-origin isolated
 * @returns {import("./host.d.ts").OpenHost}
 */
export function chromiumHost(executable, options) {
  return async (consumer) => {
    const browser = await openBrowser(executable, await serveFolder(await buildPage(consumer), options));
    const { version } = browser;
    return { version, run: (cell) => browser.call("", "runSuite", cell), close: () => browser.close() };
  };
}
