import { chromium } from "playwright-core";
import { RUN_TIMEOUT_MS } from "./run-timeout.js";

/**
 * Opens pages of a server in Chromium. What a page does not catch fails whatever is run in it.
 *
 * @param {string} executablePath
 * @param {{ url: string, close(): Promise<void> }} server closed with the browser
 * @param {{ timeoutMs?: number, isExpected?: (stack: string) => boolean }} [options] milliseconds that a call may take, and what
 *   threads of the page need not catch themselves; it must not get to the page either
 */
export async function openBrowser(executablePath, server, options = {}) {
  const { timeoutMs = RUN_TIMEOUT_MS, isExpected = () => false } = options;
  // A sandbox needs privileges that containers do not give; nothing but our own pages is opened.
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  return {
    version: browser.version(),
    /**
     * Calls a function that the page has as a global.
     *
     * @param {string} path of the page
     * @param {string} name of the function
     * @param {unknown} [argument]
     * @returns {Promise<any>}
     */
    async call(path, name, argument) {
      const page = await browser.newPage();
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      let timer;
      const broken = new Promise((_, reject) => {
        const late = () => reject(new Error(`the page did not settle within ${timeoutMs} ms`));
        timer = setTimeout(late, timeoutMs);
        page.on("pageerror", ({ stack = "" }) => {
          if (!isExpected(stack)) reject(new Error(`the page has not caught ${stack}`));
        });
        page.on("crash", () => reject(new Error("the page has crashed")));
      });
      try {
        const called = page
          .goto(`${server.url}${path}`)
          .then(() =>
            page.evaluate(
              ([name, argument]) => /** @type {any} */ (globalThis)[String(name)](argument),
              [name, argument],
            ),
          );
        return await Promise.race([called, broken]);
      } finally {
        clearTimeout(timer);
        await page.close();
      }
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
