import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { workerd } from "@guardhost/runtimes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleWorker, serveWorker } from "../src/hosts/workerd-service.js";
import { endlessGuard } from "./support/endless-guard.js";
import { project } from "./support/project.js";

let bundle: string;

beforeAll(async () => {
  const folder = join(project.folder, "aborting-worker");
  await cp(fileURLToPath(new URL("fixtures/aborting-worker", import.meta.url)), folder, { recursive: true });
  await writeFile(join(folder, "endless.wasm"), endlessGuard);
  const [guard, prepared] = ["endless.wasm", "endless.prepared.wasm"].map((name) => join(folder, name));
  await project.run("node_modules/.bin/guardhost", "prepare", String(guard), "-o", String(prepared));
  bundle = await bundleWorker(join(folder, "worker.js"), join(folder, "dist"));
}, 300_000);

describe.skipIf(workerd === undefined).each([
  ["neither setImmediate nor MessageChannel", "2024-09-23"],
  ["MessageChannel, whose messages come before timers", "2026-01-01"],
  ["setImmediate", "2026-11-01"],
])("a Worker that has %s", (_what, compatibilityDate) => {
  let worker: Awaited<ReturnType<typeof serveWorker>>;
  beforeAll(async () => {
    worker = await serveWorker(workerd as string, bundle, { compatibilityDate });
  });
  afterAll(() => worker?.close());

  const stopAfter = async (ms: number, signal?: AbortSignal) =>
    (await fetch(`${worker.url}?ms=${ms}`, { signal: signal ?? null })).text();

  test("stops a guard that computes by an abort that comes from a timer", async () => {
    expect(await stopAfter(20)).toBe("no longer wanted");
  });

  test("stops others when a request has gone whose guard was computing", async () => {
    await expect(stopAfter(60_000, AbortSignal.timeout(300))).rejects.toThrow("timeout");
    expect(await stopAfter(20)).toBe("no longer wanted");
  });
});
