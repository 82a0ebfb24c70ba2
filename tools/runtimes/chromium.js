import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium as launcher } from "playwright-core";
import { build, preview } from "vite";
import { chromium } from "./index.js";

/** Milliseconds for the browser to start, and for a page to load, on a machine that does a lot besides. */
const TIMEOUT_MS = 90_000;

/** What makes a page cross-origin isolated. */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export async function buildSite(root) {
  const folder = fileURLToPath(root);
  const outDir = await mkdtemp(join(tmpdir(), "guardhost-site-"));
  /** What is to be closed, the last one first. */
  const open = [() => rm(outDir, { recursive: true })];
  const close = async () => {
    for (const end of open.splice(0).reverse()) await end();
  };
  try {
    await build({ root: folder, logLevel: "warn", build: { outDir, emptyOutDir: true } });
    const browser = await launcher.launch({ executablePath: chromium, timeout: TIMEOUT_MS });
    open.push(() => browser.close());
    return {
      async open({ isolated }) {
        const server = await preview({
          root: folder,
          configFile: false,
          logLevel: "warn",
          build: { outDir },
          preview: { host: "127.0.0.1", port: 0, headers: isolated ? ISOLATION : {} },
        });
        open.push(() => server.close());
        const page = await browser.newPage();
        await page.goto(server.resolvedUrls.local[0], { timeout: TIMEOUT_MS });
        return page;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
