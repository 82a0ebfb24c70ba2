import { defaultLimits } from "@guardhost/core";
import type { Process } from "@wasmer/sdk";
import { expect, test, vi } from "vitest";
import { GuardSandbox } from "../src/sandbox/guard-sandbox.js";
import { InstantiationTrap } from "../src/sandbox/instantiation-trap.js";
import { payloadLimits } from "../src/sandbox/payload-limits.js";
import type { SharedWasmer } from "../src/sandbox/shared-wasmer.js";

const limits = payloadLimits(defaultLimits);
/** A module without anything in it. */
const linked = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** A sandbox of a client that starts processes with `spawn`, and the use that is made of the client. */
async function sandboxOn(spawn: () => Promise<Partial<Process>>) {
  const use = { leave: vi.fn(), giveUp: vi.fn(), workerError: () => "a worker is gone" };
  const client = {
    packages: { load: async () => ({}) },
    sandboxes: { create: async () => ({ command: () => ({ spawn }) }) },
  };
  const shared = { enter: async () => ({ client, ...use }) } as unknown as SharedWasmer;
  const sandbox = await GuardSandbox.open(shared, { linked, trap: new InstantiationTrap(linked) });
  return { sandbox, use };
}

test("a process that ends by itself costs its client, which has lost a thread, before the guard hears of it", async () => {
  const { sandbox, use } = await sandboxOn(async () => ({
    stdout: new ReadableStream() as unknown as NonNullable<Process["stdout"]>,
    wait: async () => ({ reason: "exited", exitCode: 1 }) as Awaited<ReturnType<Process["wait"]>>,
  }));
  const onFailure = vi.fn(() => expect(use.giveUp).toHaveBeenCalledOnce());
  const process = await sandbox.start(limits, onFailure);
  await expect(process.receive()).rejects.toMatchObject({
    code: "ENGINE_UNAVAILABLE",
    lost: true,
    message: expect.stringContaining("a worker is gone"),
  });
  expect(onFailure).toHaveBeenCalledOnce();
});

test("so does one that cannot be started", async () => {
  const { sandbox, use } = await sandboxOn(() => Promise.reject(new Error("no worker is left")));
  await expect(sandbox.start(limits, () => undefined)).rejects.toMatchObject({
    code: "ENGINE_UNAVAILABLE",
    message: "the Wasmer sandbox cannot start a process: no worker is left",
  });
  expect(use.giveUp).toHaveBeenCalledOnce();
});
