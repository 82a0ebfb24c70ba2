import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connect, ERAS, type Era, textOf } from "../support/clients.js";
import { eventually } from "../support/eventually.js";
import { GatewayProcess } from "../support/gateway-process.js";
import { Recorder } from "../support/recorder.js";

const OLD = "alice-has-a-long-key";
const NEW = "alice-has-another-key";
const BOB = "bob-has-a-key-that-stays";

let recorder: Recorder;
let keyFile: string;

beforeEach(async () => {
  recorder = await Recorder.create();
  keyFile = join(recorder.directory, "alice.key");
  await writeFile(keyFile, OLD, { mode: 0o600 });
});

afterEach(() => recorder[Symbol.asyncDispose]());

const config = (keys: readonly object[] = [{ name: "alice", keyFile }], drainSeconds = 0.1) => ({
  mcpServers: { forum: recorder.config({ unguarded: true }) },
  gateway: { port: 0, drainSeconds, auth: { keys: [...keys, { name: "bob", key: BOB }] } },
});

/** Has the file read again, and resolves once it is in force. */
async function reload(gateway: GatewayProcess, next: object): Promise<void> {
  const before = gateway.logs.length;
  await gateway.reload(next);
  await eventually(() =>
    expect(gateway.logs.slice(before).map(({ message }) => message)).toContain(
      "guards, policies and keys were read again",
    ),
  );
}

/** Whether a key opens the gateway. */
async function opens(gateway: GatewayProcess, key: string): Promise<boolean> {
  const { status } = await fetch(`${gateway.url}/metrics`, { headers: { "x-api-key": key } });
  return status === 200;
}

test("a key in a file that has changed is the one that counts after SIGHUP", async () => {
  await using gateway = await GatewayProcess.start(config());
  await writeFile(keyFile, NEW);
  await reload(gateway, config());
  expect([await opens(gateway, OLD), await opens(gateway, NEW), await opens(gateway, BOB)]).toEqual([
    false,
    true,
    true,
  ]);
});

test.each(ERAS)(
  "what a client of %s listens to with a key that is gone ends, and others stay",
  async (era) => {
    await using gateway = await GatewayProcess.start(config());
    const streams = await Promise.all([OLD, BOB].map((key) => openStream(gateway, era, key)));
    await reload(gateway, config([]));
    await eventually(() => expect(streams.map(({ isOpen }) => isOpen())).toEqual([false, true]));
    expect(await opens(gateway, OLD)).toBe(false);
    await Promise.all(streams.map(({ close }) => close()));
  },
);

test("a call at work with a key that is gone has its time to end", async () => {
  await using gateway = await GatewayProcess.start(config(undefined, 30));
  await using client = await connect(`${gateway.url}/mcp`, { key: OLD });
  const call = client.callTool({ name: "forum___slow", arguments: { ms: 1_500 } });
  await eventually(() => expect(recorder.text).toContain('"slow"'));
  await reload(gateway, config([], 30));
  expect(textOf(await call)).toBe("slept");
  await expect(client.listTools()).rejects.toThrow();
});

test("keys that cannot be used leave the former ones in force", async () => {
  await using gateway = await GatewayProcess.start(config());
  await writeFile(keyFile, "short");
  await gateway.reload(config());
  await eventually(() =>
    expect(gateway.logs).toContainEqual(
      expect.objectContaining({ error: expect.stringContaining("16 characters or more") }),
    ),
  );
  expect(await opens(gateway, OLD)).toBe(true);
});

/** A stream of notifications, as a client of each era opens it. */
async function openStream({ url }: GatewayProcess, era: Era, key: string) {
  const client = await connect(`${url}/mcp`, { era, key });
  let isOpen = true;
  const note = () => {
    isOpen = false;
  };
  if (era === "2026-07-28") void (await client.listen({ toolsListChanged: true })).closed.then(note);
  // It is opened by itself, and told of when it breaks.
  else client.onerror = note;
  return { isOpen: () => isOpen, close: () => client.close() };
}
