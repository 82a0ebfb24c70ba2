import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { moduleBytes } from "../../../../packages/conformance/dist/guest/module-bytes.js";
import { connect, ERAS, textOf } from "../support/clients.js";
import { GatewayProcess } from "../support/gateway-process.js";
import { Recorder } from "../support/recorder.js";

const KEYS = { alice: "alice-has-a-long-key", bob: "bob-has-another-long-key" };

let directory: string;
let recorder: Recorder;
let gateway: GatewayProcess;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "guardhost-limits-"));
  recorder = await Recorder.create();
  const path = join(directory, "guard.wasm");
  await writeFile(path, moduleBytes("guard"));
  gateway = await GatewayProcess.start({
    mcpServers: {
      forum: recorder.config({
        guard: "any",
        policy: {
          "allow-only": { repos: "all", "min-integrity": "none", "tool-call-limits": { post: 3, say: 0 } },
        },
      }),
    },
    guards: { any: { path } },
    gateway: { port: 0, auth: { keys: Object.entries(KEYS).map(([name, key]) => ({ name, key })) } },
  });
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await recorder?.[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

test("a policy limits how often a principal calls a tool, in all its sessions and in both eras", async () => {
  const answers: string[] = [];
  for (const era of [...ERAS, ...ERAS]) {
    await using client = await connect(`${gateway.url}/mcp`, { key: KEYS.alice, era });
    answers.push(textOf(await client.callTool({ name: "forum___post", arguments: { text: "hello" } })));
    // 0 is no limit.
    expect(textOf(await client.callTool({ name: "forum___say", arguments: { text: "hello" } }))).toBe(
      "hello",
    );
  }
  expect(answers).toEqual(["posted", "posted", "posted", expect.stringContaining("3 times")]);
  expect(recorder.text.match(/"post"/g)).toHaveLength(3);
  await using bob = await connect(`${gateway.url}/mcp`, { key: KEYS.bob });
  expect(textOf(await bob.callTool({ name: "forum___post", arguments: { text: "hello" } }))).toBe("posted");
});
