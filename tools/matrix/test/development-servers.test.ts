import { join } from "node:path";
import { chromium } from "@guardhost/runtimes";
import * as vite from "vite";
import * as vite7 from "vite-7";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../src/hosts/browser.js";
import { wasmerConfig } from "../src/hosts/chromium-host.js";
import { ISOLATION } from "../src/hosts/static-server.js";
import { copyApplications } from "./support/applications.js";

/** What the READMEs of `native` and `wasi` tell a page to have whose Vite is older than 8. */
const optimizeDeps = { exclude: ["@guardhost/native", "@guardhost/wasi"] };

const common = {
  logLevel: "error",
  server: { headers: ISOLATION, host: "localhost", port: 0 },
} as const;

let apps: string;
beforeAll(async () => {
  apps = await copyApplications("in-development");
}, 60_000);

/** Opens what a developer's server serves. */
async function open(server: vite.ViteDevServer | vite7.ViteDevServer) {
  await server.listen();
  const url = server.resolvedUrls?.local[0] as string;
  return openBrowser(chromium as string, { url, close: () => server.close() });
}

type Browser = Awaited<ReturnType<typeof open>>;

describe.skipIf(chromium === undefined).each([
  ["8", (root: string) => vite.createServer({ ...common, root, configFile: false })],
  ["7", (root: string) => vite7.createServer({ ...common, root, configFile: false, optimizeDeps })],
])("an application that is served by Vite %s during development", (_version, createServer) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await open(await createServer(join(apps, "browser-app")));
  });
  afterAll(() => browser?.close());

  test.each(["native", "wasi"])("runs guards on a worker thread with %s()", async (engine) => {
    expect(await browser.call("", "label", { engine, thread: "worker" })).toEqual(["private:hr"]);
  });
});

describe.skipIf(chromium === undefined)("an application with wasmer() that is served by Vite", () => {
  let browser: Browser;
  beforeAll(async () => {
    const root = join(apps, "sandbox-app");
    browser = await open(await vite.createServer({ ...common, root, configFile: wasmerConfig }));
  });
  afterAll(() => browser?.close());

  test("runs guards in a worker of a page, and stops one that computes for ever", async () => {
    expect(await browser.call("", "inWorker")).toEqual({
      labels: ["private:hr"],
      aborted: "no longer wanted",
    });
  });
});
