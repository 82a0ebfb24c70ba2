import { createRequire } from "node:module";
import { type Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClient, ERAS, type Era, textOf } from "../support/clients.js";
import { eventually } from "../support/eventually.js";
import { GatewayProcess } from "../support/gateway-process.js";
import { Recorder } from "../support/recorder.js";

const { resolve } = createRequire(import.meta.url);
const KEY = "the-key-of-another-gateway";

let recorder: Recorder;
/** In front of a server of the newer era, and of one of the older. */
let inner: GatewayProcess;
/** In front of the inner one, over HTTP. */
let outer: GatewayProcess;

beforeAll(async () => {
  recorder = await Recorder.create();
  inner = await GatewayProcess.start({
    mcpServers: {
      newer: recorder.config({ unguarded: true }),
      older: {
        command: process.execPath,
        args: [resolve("@modelcontextprotocol/server-everything/dist/index.js")],
        unguarded: true,
        connection: "session",
      },
    },
    gateway: { port: 0, auth: { keys: [{ name: "outer", key: KEY }] } },
  });
  outer = await GatewayProcess.start({
    mcpServers: {
      inner: {
        type: "http",
        url: `${inner.url}/mcp`,
        headers: { Authorization: `Bearer ${KEY}` },
        unguarded: true,
        connection: "session",
      },
    },
    gateway: { port: 0, auth: false },
  });
});

afterAll(async () => {
  await outer?.[Symbol.asyncDispose]();
  await inner?.[Symbol.asyncDispose]();
  await recorder?.[Symbol.asyncDispose]();
});

async function open(era: Era, url: string, key?: string): Promise<Client & AsyncDisposable> {
  const client = createClient(era, { capabilities: { elicitation: { form: {} } } });
  client.setRequestHandler("elicitation/create", ({ params }) => ({
    action: params.message === "May I?" ? ("accept" as const) : ("decline" as const),
    content: { ok: true },
  }));
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

test("the gateway speaks to each server in its own era", async () => {
  await using client = await open("2025-11-25", `${inner.url}/mcp`, KEY);
  await client.callTool({ name: "newer___post", arguments: { text: "hello" } });
  expect(recorder.text).toContain('{"era":"modern","method":"tools/call"');
  const sum = await client.callTool({ name: "older___get-sum", arguments: { a: 1, b: 2 } });
  expect(textOf(sum)).toContain("3");
});

describe.each(ERAS)("a client of %s", (era) => {
  test("answers what a server of the newer era asks", async () => {
    await using client = await open(era, `${inner.url}/mcp`, KEY);
    const answer = await client.callTool({ name: "newer___ask", arguments: {} });
    expect(textOf(answer)).toBe("accept");
  });

  test("uses servers through two gateways", async () => {
    await using client = await open(era, `${outer.url}/mcp`);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("inner___newer___say");
    const say = { name: "inner___newer___say", arguments: { text: "far away" } };
    expect(textOf(await client.callTool(say))).toBe("far away");
    const { resources } = await client.listResources();
    const uri = resources.map((resource) => resource.uri).find((name) => name.endsWith("/note:1")) ?? "";
    expect((await client.readResource({ uri })).contents).toEqual([{ uri, text: "a note" }]);
    const answer = await client.callTool({ name: "inner___newer___ask", arguments: {} });
    expect(textOf(answer)).toBe("accept");
  });

  test("cancels a call, and its server hears of it", async () => {
    await using client = await open(era, `${inner.url}/mcp`, KEY);
    const controller = new AbortController();
    const before = recorder.text.match(/^cancelled$/gm)?.length ?? 0;
    const call = client.callTool(
      { name: "newer___slow", arguments: { ms: 60_000, by: era } },
      { signal: controller.signal },
    );
    await eventually(() => expect(recorder.text).toContain(`"by":"${era}"`));
    controller.abort(new Error("changed my mind"));
    await expect(call).rejects.toThrow("changed my mind");
    await eventually(() => expect(recorder.text.match(/^cancelled$/gm)).toHaveLength(before + 1));
  });
});

test("a client hears that tools have changed, and a resource that it has subscribed to", async () => {
  await using client = await open("2025-11-25", `${inner.url}/mcp`, KEY);
  const heard: string[] = [];
  client.setNotificationHandler("notifications/tools/list_changed", () => void heard.push("tools"));
  client.setNotificationHandler(
    "notifications/resources/updated",
    ({ params }) => void heard.push(params.uri),
  );
  await client.callTool({ name: "newer___change", arguments: {} });
  await eventually(() => expect(heard).toContain("tools"));
  expect(heard).not.toContain("gateway:newer/note:1");
});

test("a client of the newer era that listens hears that tools have changed", async () => {
  await using client = await open("2026-07-28", `${inner.url}/mcp`, KEY);
  let changes = 0;
  const subscription = await client.listen({ toolsListChanged: true });
  client.setNotificationHandler("notifications/tools/list_changed", () => void changes++);
  await client.callTool({ name: "newer___change", arguments: {} });
  await eventually(() => expect(changes).toBeGreaterThan(0));
  await subscription.close();
});
