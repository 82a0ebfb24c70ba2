import { GuardError } from "@guardhost/core";
import { expect, onTestFinished, test } from "vitest";
import { MAX_WRITTEN_BYTES, NODE_BYTES } from "../src/limits.js";
import { MemoryFiles } from "../src/memory-files.js";
import { loadShim } from "../src/shim.js";
import { ShimInstance } from "../src/shim-instance.js";
import { holdShimRoom, MAX_SHIM_BYTES } from "../src/shim-room.js";
import { setupOf, type WasiOptions } from "../src/wasi-options.js";
import { WasiGuest } from "./wasi-guest.js";

async function filesOf(options: WasiOptions): Promise<MemoryFiles> {
  await loadShim();
  const { args, env, tree } = setupOf(options);
  const shim = new ShimInstance({ args, env });
  onTestFinished(() => shim.close());
  return new MemoryFiles(shim, tree as NonNullable<typeof tree>);
}

test("where others hold the shim's memory nothing is opened, until they let go of it", async () => {
  const others = { heldBytes: MAX_SHIM_BYTES - 100 * NODE_BYTES };
  const release = holdShimRoom(others);
  onTestFinished(release);
  const busy = WasiGuest.open({ files: { "/f": "x".repeat(100 * NODE_BYTES) } });
  await expect(busy).rejects.toSatisfy((error) => GuardError.is(error, "BUSY") && !error.lost);
  const guest = await WasiGuest.open({ files: { "/f": "x" } });
  expect(guest.readFile("f")).toBe("x");
  others.heldBytes = MAX_SHIM_BYTES;
  await expect(WasiGuest.open({ files: { "/f": "x" } })).rejects.toMatchObject({ code: "BUSY" });
  release();
  expect((await WasiGuest.open({ files: { "/f": "x" } })).readFile("f")).toBe("x");
});

test("an instance that is closed holds nothing", async () => {
  const { heldBytes } = await filesOf({ files: { "/f": "x" } });
  const release = holdShimRoom({ heldBytes: MAX_SHIM_BYTES - heldBytes });
  onTestFinished(release);
  for (let i = 0; i < 3; i++) (await WasiGuest.open({ files: { "/f": "x" } })).close();
  await WasiGuest.open({ files: { "/f": "x" } });
  await expect(WasiGuest.open({ files: { "/f": "x" } })).rejects.toMatchObject({ code: "BUSY" });
});

test("an instance holds what the shim makes of what it was given, and of what it writes", async () => {
  const small = await filesOf({ files: { "/f": new Uint8Array(1000) } });
  expect(small.heldBytes).toBeGreaterThan(1000);
  expect(small.heldBytes).toBeLessThan(3000);
  const large = await filesOf({ files: { "/f": new Uint8Array(9 * 2 ** 20) }, writable: ["/tmp"] });
  // The shim doubles what a file has room for.
  expect(large.heldBytes).toBeGreaterThan(16 * 2 ** 20);
  const before = large.heldBytes;
  expect(large.createFile("tmp/g")).toBe(0);
  expect(large.resize("tmp/g", MAX_WRITTEN_BYTES / 2)).toBe(0);
  expect(large.heldBytes - before).toBeGreaterThan(MAX_WRITTEN_BYTES);
});
