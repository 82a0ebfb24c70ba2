import { writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, ERAS } from "../support/clients.js";
import { eventually } from "../support/eventually.js";
import { GatewayProcess } from "../support/gateway-process.js";
import { Recorder } from "../support/recorder.js";

const ALICE = "alice-has-a-long-key";
const BOB = "bob-has-another-long-key";

let recorder: Recorder;
let gateway: GatewayProcess;

beforeAll(async () => {
  recorder = await Recorder.create();
  const keyFile = `${recorder.directory}/bob.key`;
  await writeFile(keyFile, `${BOB}\n`);
  gateway = await GatewayProcess.start(
    {
      mcpServers: { forum: recorder.config({ unguarded: true }) },
      gateway: {
        port: 0,
        maxBodyBytes: 4_096,
        maxSessionsPerPrincipal: 2,
        sessionIdleSeconds: 1,
        auth: {
          keys: [
            // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of the configuration
            { name: "alice", key: "${ALICE_KEY}" },
            { name: "bob", keyFile },
          ],
        },
      },
    },
    { env: { ALICE_KEY: ALICE } },
  );
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await recorder?.[Symbol.asyncDispose]();
});

const initialize = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "test", version: "1.0.0" },
  },
};

interface Post {
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly path?: string;
  readonly method?: string;
}

const asAlice = { authorization: `Bearer ${ALICE}` };

/** Plain, because `fetch` sets some headers by itself. */
function send({ headers = asAlice, body, path = "/mcp", method = "POST" }: Post = {}): Promise<{
  status: number;
  headers: Record<string, unknown>;
  text: string;
}> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      gateway.url + path,
      {
        method,
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          ...headers,
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    request.on("error", reject);
    request.end(method === "GET" ? undefined : (body ?? JSON.stringify(initialize)));
  });
}

async function beginSession(headers: Record<string, string> = asAlice): Promise<string> {
  const begun = await send({ headers });
  expect(begun.status).toBe(200);
  return String(begun.headers["mcp-session-id"]);
}

describe("who may connect", () => {
  test.each([
    ["nobody", {}, 401],
    ["somebody with a wrong key", { authorization: "Bearer wrong-but-quite-long" }, 401],
    ["somebody with another scheme", { authorization: `Basic ${ALICE}` }, 401],
    ["somebody with a part of a key", { authorization: `Bearer ${ALICE.slice(0, -1)}` }, 401],
    ["somebody with a bad and a good key", { authorization: "Bearer no", "x-api-key": ALICE }, 401],
    ["a bearer", { authorization: `Bearer ${ALICE}` }, 200],
    ["an API key", { "x-api-key": BOB }, 200],
  ])("%s", async (_, headers, status) => {
    const answer = await send({ headers });
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.headers["www-authenticate"]).toBe("Bearer");
    const id = answer.headers["mcp-session-id"];
    if (typeof id === "string")
      await send({ method: "DELETE", headers: { ...headers, "mcp-session-id": id } });
  });

  test.each([
    ["another host", { host: "evil.example" }],
    ["a page of another origin", { origin: "https://evil.example" }],
    ["a page without an origin that can be told", { origin: "null" }],
  ])("not %s", async (_, headers) => {
    expect((await send({ headers: { ...asAlice, ...headers } })).status).toBe(403);
  });

  test("a page of this machine may", async () => {
    const answer = await send({ headers: { ...asAlice, origin: "http://localhost:5173" } });
    expect(answer.status).toBe(200);
    const id = String(answer.headers["mcp-session-id"]);
    await send({ method: "DELETE", headers: { ...asAlice, "mcp-session-id": id } });
  });
});

describe("what makes no sense is refused, and harms nobody:", () => {
  test.each<[string, Post, number]>([
    ["no JSON", { body: "{" }, 400],
    ["no request", { body: "[]" }, 400],
    ["null", { body: "null" }, 400],
    ["no JSON by its type", { headers: { ...asAlice, "content-type": "text/plain" } }, 415],
    ["too much", { body: JSON.stringify({ ...initialize, more: "x".repeat(5_000) }) }, 413],
    ["a path that is not there", { path: "/nothing" }, 404],
    ["a server that is not there", { path: "/mcp/nothing" }, 404],
    ["a path that is no text", { path: "/principals/%ff/reset" }, 404],
    ["another method", { method: "PUT" }, 405],
    ["a session that is not there", { headers: { ...asAlice, "mcp-session-id": "no" } }, 404],
    ["a call without a session", { body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' }, 400],
  ])("%s", async (_, post, status) => {
    expect((await send(post)).status).toBe(status);
    expect((await send({ path: "/health", method: "GET" })).status).toBe(200);
  });
});

describe("a session", () => {
  test("is nobody else's", async () => {
    const id = await beginSession();
    const list = { body: '{"jsonrpc":"2.0","id":2,"method":"tools/list"}' };
    const asBob = await send({ ...list, headers: { "x-api-key": BOB, "mcp-session-id": id } });
    expect(asBob.status).toBe(404);
    const own = await send({ ...list, headers: { ...asAlice, "mcp-session-id": id } });
    expect(own.status).toBe(200);
    expect(own.text).toContain("forum___post");
    await send({ method: "DELETE", headers: { ...asAlice, "mcp-session-id": id } });
  });

  test("is one of a few, and ends when nobody uses it", async () => {
    await beginSession();
    await beginSession();
    expect((await send()).status).toBe(429);
    // Another principal is not concerned.
    await beginSession({ "x-api-key": BOB });
    await eventually(async () => expect((await send()).status).toBe(200));
  });

  test("stays while its client listens", async () => {
    await using client = await connect(`${gateway.url}/mcp`, { key: BOB });
    // Longer than an idle session lives.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect((await client.listTools()).tools).not.toEqual([]);
  });
});

test.each(ERAS)("an official client of %s says why it cannot connect", async (era) => {
  await expect(connect(`${gateway.url}/mcp`, { era, key: "not-the-key-of-anybody" })).rejects.toThrow(
    /401|Unauthorized|needs a key/i,
  );
});

test("no secret is in the logs", () => {
  expect(JSON.stringify(gateway.logs)).not.toMatch(new RegExp(`${ALICE}|${BOB}`));
});
