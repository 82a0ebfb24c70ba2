import { readFileSync } from "node:fs";
import { chromium } from "@guardhost/runtimes";
import { buildSite, type Site } from "@guardhost/runtimes/chromium";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { guardWith } from "./guards.js";

const page = new URL("fixtures/page/", import.meta.url);
const name = "a page that Vite has built, in Chromium";

describe.skipIf(chromium === undefined)(
  chromium === undefined ? `${name} (skipped: there is no Chromium on the PATH)` : name,
  { timeout: 180_000 },
  () => {
    let site: Site;
    beforeAll(async () => {
      site = await buildSite(page);
    }, 180_000);
    afterAll(() => site?.close());

    const guards = {
      prompt: [...guardWith("")],
      endless: [...guardWith("(loop $again (br $again))")],
    };

    /** What the page says of its calls, see `fixtures/page/page.js`. */
    async function callGuard(isolated: boolean): Promise<unknown> {
      const page = await site.open({ isolated });
      return page.evaluate((bytes) => Reflect.get(globalThis, "callGuard")(bytes), guards);
    }

    test("labels, and aborts a guard that computes for ever, where it is cross-origin isolated", async () => {
      expect(await callGuard(true)).toEqual({
        labels: { resource: { secrecy: ["00000"], integrity: [] }, operation: "read" },
        aborted: "enough",
      });
    });

    test("is told which headers to send where it is not", async () => {
      expect(await callGuard(false)).toEqual({
        code: "ENGINE_UNAVAILABLE",
        message:
          "the Wasmer sandbox needs SharedArrayBuffer: serve the page with the headers " +
          "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
      });
    });
  },
);

test("the README has the configuration of Vite that is tested", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(readme).toContain(readFileSync(new URL("vite.config.js", page), "utf8"));
});
