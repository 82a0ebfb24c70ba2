import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../support/clients.js";
import { readSecret } from "../support/exfiltration.js";
import { GatewayProcess } from "../support/gateway-process.js";
import { filesystemGuard, filesystemServer, Share } from "../support/share.js";

const KEYS = { alice: "alice-has-a-long-key", root: "root-has-the-longest-key" };

let share: Share;
let gateway: GatewayProcess;

beforeAll(async () => {
  share = await Share.create();
  gateway = await GatewayProcess.start({
    mcpServers: { files: filesystemServer(share, "propagate", { secrecy: [], integrity: [] }) },
    guards: { filesystem: filesystemGuard },
    gateway: {
      port: 0,
      mode: "propagate",
      auth: {
        keys: [
          { name: "alice", key: KEYS.alice },
          { name: "root", key: KEYS.root, admin: true },
        ],
      },
    },
  });
  await using client = await connect(`${gateway.url}/mcp`, { key: KEYS.alice });
  await readSecret(client);
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await share?.[Symbol.asyncDispose]();
});

async function get(path: string, key?: string, method = "GET"): Promise<{ status: number; text: string }> {
  const headers: Record<string, string> = key === undefined ? {} : { "x-api-key": key };
  const response = await fetch(gateway.url + path, { method, headers });
  return { status: response.status, text: await response.text() };
}

async function isWritable(): Promise<boolean> {
  await using client = await connect(`${gateway.url}/mcp`, { key: KEYS.alice });
  const call = { name: "files___write_file", arguments: { path: "public/note.md", content: "hello" } };
  return (await client.callTool(call)).isError !== true;
}

describe("/health", () => {
  test("says to everybody how it is, and no more", async () => {
    expect(await get("/health")).toEqual({ status: 200, text: '{"status":"ok"}\n' });
    expect(await get("/health", "no-key-of-anybody-here")).toEqual({
      status: 200,
      text: '{"status":"ok"}\n',
    });
  });

  test("says to principals how servers, guards and the store are", async () => {
    const { text } = await get("/health", KEYS.alice);
    expect(JSON.parse(text)).toMatchObject({
      status: "ok",
      mode: "propagate",
      store: "ready",
      servers: { files: "ready" },
      guards: { filesystem: { engine: "native", calls: expect.any(Number), liveInstances: 1 } },
    });
  });
});

describe("/metrics", () => {
  test("is for principals", async () => {
    expect((await get("/metrics")).status).toBe(401);
  });

  test("has numbers of the gateway, of guards, and of decisions, and no identities", async () => {
    const { status, text } = await get("/metrics", KEYS.alice);
    expect(status).toBe(200);
    expect(text).toMatch(/^guardhost_gateway_server_state\{server="files",state="ready"[^}]*\} 1$/m);
    expect(text).toMatch(/^guardhost_gateway_guard_calls_total\{guard="filesystem"[^}]*\} \d+$/m);
    expect(text).toMatch(/^guardhost[a-z_]*\{[^}]*guardhost_decision="allow"[^}]*\} \d+/m);
    expect(text).toMatch(/^guardhost_phase_duration_bucket\{[^}]*le="0.0025"[^}]*\} \d+/m);
    expect(text).toMatch(/^target_info\{service_name="guardhost-gateway",service_version="\d/m);
    expect(text).not.toMatch(/alice|salaries/);
  });

  test("counts refused requests, of which the log tells once", async () => {
    for (let n = 0; n < 5; n++) await get("/metrics", "no-key-of-anybody-here");
    const { text } = await get("/metrics", KEYS.alice);
    const [, refused] = /^guardhost_gateway_responses_total\{status="401"[^}]*\} (\d+)$/m.exec(text) ?? [];
    expect(Number(refused)).toBeGreaterThanOrEqual(5);
    const lines = gateway.logs.filter(({ status }) => status === 401);
    expect(lines).toEqual([
      expect.objectContaining({
        level: "warn",
        message: "a request is refused: it carries no valid key",
        address: "127.0.0.1",
      }),
    ]);
  });
});

describe("/reflect", () => {
  test.each([
    ["nobody", undefined, 401],
    ["a principal", KEYS.alice, 403],
  ])("is not for %s", async (_, key, status) => {
    expect((await get("/reflect", key)).status).toBe(status);
  });

  test("shows administrators labels, and no identities", async () => {
    const { status, text } = await get("/reflect", KEYS.root);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      mode: "propagate",
      agents: [{ secrecy: ["hr"] }],
    });
    expect(text).not.toContain("alice");
  });
});

describe("a reset", () => {
  test.each([
    ["nobody", undefined, 401],
    ["the principal", KEYS.alice, 403],
  ])("is not for %s", async (_, key, status) => {
    expect((await get("/principals/alice/reset", key, "POST")).status).toBe(status);
    expect(await isWritable()).toBe(false);
  });

  test("of somebody unknown says so", async () => {
    const { status, text } = await get("/principals/nobody/reset", KEYS.root, "POST");
    expect({ status, text: JSON.parse(text) }).toEqual({
      status: 200,
      text: { principal: "nobody", wasKnown: false },
    });
  });

  test("lets a principal begin anew, and leaves a line of audit", async () => {
    const { status, text } = await get("/principals/alice/reset", KEYS.root, "POST");
    expect({ status, text: JSON.parse(text) }).toEqual({
      status: 200,
      text: { principal: "alice", wasKnown: true },
    });
    expect(await isWritable()).toBe(true);
    expect(gateway.logs).toContainEqual(
      expect.objectContaining({ audit: "reset", principal: "alice", by: "root", wasKnown: true }),
    );
  });
});

test("what is refused is one line of the log, without tags; in an audit there is another with them", async () => {
  const write = { name: "files___write_file", arguments: { path: "public/note.md", content: "hello" } };
  const linesOf = async (others: object) => {
    await using process = await GatewayProcess.start({
      mcpServers: { files: filesystemServer(share, "propagate", { secrecy: [], integrity: [] }) },
      guards: { filesystem: filesystemGuard },
      gateway: { port: 0, mode: "propagate", auth: false, ...others },
    });
    await using client = await connect(`${process.url}/mcp`);
    await readSecret(client);
    await client.callTool(write);
    return process.logs.filter((line) => /"(deny|fail)"/.test(JSON.stringify(line)));
  };
  const refused = { agent: 1, server: "files", method: "tools/call", phase: "request", denial: "flow" };
  const enforced = await linesOf({});
  expect(enforced).toEqual([
    expect.objectContaining({ ...refused, level: "info", message: "a request was not let through" }),
  ]);
  expect(JSON.stringify(enforced)).not.toContain('"hr"');
  expect(await linesOf({ enforcement: "audit" })).toEqual([
    expect.objectContaining({ ...refused, message: "a request would not be let through" }),
    expect.objectContaining({
      decision: expect.objectContaining({ agentLabels: { secrecy: ["hr"], integrity: [] } }),
    }),
  ]);
});

test("metrics have series for tools that the server has listed, and one for all names that an agent invents", async () => {
  await using client = await connect(`${gateway.url}/mcp`, { key: KEYS.alice });
  await client.listTools();
  await client.callTool({ name: "files___list_allowed_directories" });
  for (let n = 0; n < 50; n++) await client.callTool({ name: `files___invented_${n}` });
  const { text } = await get("/metrics", KEYS.alice);
  expect(text).not.toContain("invented");
  expect(text).toContain('guardhost_tool="list_allowed_directories"');
  expect(text).toContain('guardhost_tool="(unlisted tool)"');
  expect(JSON.stringify(gateway.logs)).not.toContain("invented");
});
