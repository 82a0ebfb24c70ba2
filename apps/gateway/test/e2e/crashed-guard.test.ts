import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { moduleBytes } from "../../../../packages/conformance/dist/guest/module-bytes.js";
import {
  type Command,
  exit,
  spin,
  trap,
  write,
} from "../../../../packages/conformance/dist/guest/program.js";
import { connect, textOf } from "../support/clients.js";
import { GatewayProcess } from "../support/gateway-process.js";
import { Recorder } from "../support/recorder.js";
import { SECRET } from "../support/share.js";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "guardhost-crash-"));
  await writeFile(join(directory, "guard.wasm"), moduleBytes("guard"));
});

afterAll(() => rm(directory, { recursive: true }));

const program = (...commands: readonly Command[]) => `#${commands.join("")}`;

/** Says what a call touches, and, asked about the answer, the same of that. */
const labelled = (secrecy: readonly string[], operation: string) =>
  program(
    write(
      JSON.stringify({
        resource: { secrecy, integrity: [] },
        operation,
        default_labels: { secrecy, integrity: [] },
        labeled_paths: [],
      }),
    ),
  );

/** For agents that are cleared for secrets before they read any; one that is not becomes so by reading. */
const cleared = (mode: string) =>
  program(write(JSON.stringify({ agent: { secrecy: ["hr"], integrity: [] }, difc_mode: mode })));
const uncleared = program(
  write(JSON.stringify({ agent: { secrecy: [], integrity: [] }, difc_mode: "propagate" })),
);

describe.each([
  ["strict", cleared("strict")],
  ["filter", cleared("filter")],
  ["propagate", uncleared],
])("in the mode %s, an agent that has read a secret", (mode, policy) => {
  test.each<[string, Command]>([
    ["trapped", trap("unreachable")],
    ["exited", exit(0)],
    ["was stopped", spin],
  ])("cannot tell it after its guard has %s", async (_, harm) => {
    await using recorder = await Recorder.create();
    await using gateway = await GatewayProcess.start({
      mcpServers: {
        private: recorder.config({ guard: "guard", policy: { program: policy } }),
        forum: recorder.config({ unguarded: true }),
      },
      guards: { guard: { path: join(directory, "guard.wasm"), timeoutMs: harm === spin ? 4_000 : 30_000 } },
      gateway: { port: 0, auth: false, mode },
    });
    await using client = await connect(`${gateway.url}/mcp`);
    const read = { name: "private___post", arguments: { run: labelled(["hr"], "read") } };
    expect(textOf(await client.callTool(read))).toBe("posted");
    const before = recorder.text;
    const crash = await client.callTool({ name: "private___post", arguments: { run: program(harm) } });
    expect(textOf(crash)).toContain("could not judge the request");
    for (const tell of [
      { name: "private___post", arguments: { run: labelled([], "write"), text: SECRET } },
      { name: "private___post", arguments: { run: labelled([], "read-write"), text: SECRET } },
      { name: "forum___post", arguments: { text: SECRET } },
    ]) {
      expect((await client.callTool(tell)).isError).toBe(true);
    }
    expect(recorder.text).toBe(before);
    // What it may do it still can.
    expect(textOf(await client.callTool(read))).toBe("posted");
  });
});
