import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Consumer, consumerAt } from "@guardhost/consumer";
import { chromium } from "@guardhost/runtimes";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../src/hosts/browser.js";
import { processHost } from "../src/hosts/process-host.js";
import { serveFolder } from "../src/hosts/static-server.js";
import { runMatrix } from "../src/run-matrix.js";

/** Milliseconds that what never ends is given. */
const TIMEOUT_MS = 2_000;

let consumer: Consumer;
beforeAll(async () => {
  consumer = consumerAt(await mkdtemp(join(tmpdir(), "guardhost-hanging-")));
  await mkdir(join(consumer.folder, "suite"));
});
afterAll(() => consumer.remove());

test.each([
  ["blocks its thread", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);"],
  ["has something left to do", "console.log('{}'); setInterval(() => undefined, 1_000);"],
])("a process that %s is killed, and its run is broken", async (_what, code) => {
  await consumer.write("suite/in-process.js", code);
  const open = processHost(process.execPath, [], TIMEOUT_MS);
  const [cell] = await runMatrix(consumer, [{ name: "Node", open }], { cells: [{ engine: "native" }] });
  expect(cell).toMatchObject({ broken: `the process did not end within ${TIMEOUT_MS} ms`, groups: {} });
});

test.skipIf(chromium === undefined)(
  "a page that blocks its thread is closed, and its run is broken",
  async () => {
    await consumer.write("index.html", "<script>globalThis.runSuite = () => { for (;;); };</script>");
    const server = await serveFolder(consumer.folder, { isolated: true });
    const browser = await openBrowser(chromium as string, server, { timeoutMs: TIMEOUT_MS });
    try {
      const call = browser.call("", "runSuite", {});
      await expect(call).rejects.toThrow(`the page did not settle within ${TIMEOUT_MS} ms`);
    } finally {
      await browser.close();
    }
  },
);
