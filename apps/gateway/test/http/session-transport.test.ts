import { Server } from "@modelcontextprotocol/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SessionTransport } from "../../src/http/session-transport.js";
import { withoutRules } from "../support/without-rules.js";

let transport: SessionTransport;
/** Lets the oldest call that waits have its answer. */
let answers: (() => void)[];

beforeEach(async () => {
  answers = [];
  transport = new SessionTransport({ sessionIdGenerator: () => "session" });
  const server = new Server({ name: "test", version: "1.0.0" }, { capabilities: { tools: {} } });
  server.setRequestHandler("tools/call", { params: withoutRules }, async ({ name }) => {
    await new Promise<void>((resolve) => answers.push(resolve));
    return { content: [{ type: "text", text: String(name) }] };
  });
  await server.connect(transport);
  const initialize = {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "test", version: "1.0.0" },
  };
  expect((await post({ id: 0, method: "initialize", params: initialize })).status).toBe(200);
});

afterEach(() => transport.close());

function post(...messages: readonly object[]): Promise<Response> {
  const all = messages.map((message) => ({ jsonrpc: "2.0", ...message }));
  return transport.handleRequest(
    new Request("http://localhost/mcp", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-session-id": "session",
      },
      body: JSON.stringify(all.length === 1 ? all[0] : all),
    }),
  );
}

const call = (id: number | string, name: string) => ({ id, method: "tools/call", params: { name } });
const cancel = (requestId: number) => ({ method: "notifications/cancelled", params: { requestId } });

describe("a request with the id of another that is unanswered", () => {
  test("is refused, and the other one gets its answer", async () => {
    const first = await post(call(7, "first"));
    const second = await post(call(7, "second"));
    expect(second.status).toBe(400);
    expect(await second.json()).toEqual({
      jsonrpc: "2.0",
      id: null,
      error: { code: -32_600, message: expect.stringContaining("this id is still unanswered") },
    });
    answers.shift()?.();
    expect(await first.text()).toContain('"first"');
    expect(answers).toEqual([]);
  });

  test("is refused in a batch, also where the other one is in it, with all of the batch", async () => {
    expect((await post(call(1, "one"), call(1, "other"))).status).toBe(400);
    const first = await post(call(1, "first"));
    expect((await post(call(2, "second"), call(1, "third"))).status).toBe(400);
    expect(answers).toHaveLength(1);
    answers.shift()?.();
    expect(await first.text()).toContain('"first"');
    expect((await post(call(2, "second"))).status).toBe(200);
  });

  test("is none if one id is a number and the other one text", async () => {
    const responses = [await post(call(7, "number")), await post(call("7", "text"))];
    for (const answer of answers.splice(0)) answer();
    const texts = await Promise.all(responses.map((response) => response.text()));
    expect(texts).toEqual([expect.stringContaining('"number"'), expect.stringContaining('"text"')]);
  });
});

describe("an id can be used again", () => {
  test("after an answer", async () => {
    for (const name of ["first", "second"]) {
      const response = await post(call(7, name));
      answers.shift()?.();
      expect(await response.text()).toContain(`"${name}"`);
    }
  });

  test("after a cancel", async () => {
    await post(call(7, "first"));
    expect((await post(cancel(7))).status).toBe(202);
    const response = await post(call(7, "second"));
    for (const answer of answers.splice(0)) answer();
    expect(await response.text()).toContain('"second"');
  });

  test("after a request that was not taken", async () => {
    expect((await post({ ...call(7, "first"), jsonrpc: "1.0" })).status).toBe(400);
    expect((await post(call(7, "second"))).status).toBe(200);
  });
});

test("the stream of a request that was cancelled ends without an answer", async () => {
  const response = await post(call(7, "first"));
  await post(cancel(7));
  expect(await response.text()).not.toMatch(/result|error/);
});

test("what is no JSON is refused in the words of the SDK", async () => {
  const response = await transport.handleRequest(
    new Request("http://localhost/mcp", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: "{",
    }),
  );
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: -32_700 } });
});
