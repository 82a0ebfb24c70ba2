import { describe, expect, test } from "vitest";
import type { McpNotification, McpRequest, McpResult, UpstreamContext } from "../src/index.js";
import { ClientUpstream, type SdkClient, type SdkRequestOptions } from "../src/sdk/index.js";

/** A client whose requests are answered by the test. */
class FakeClient implements SdkClient {
  readonly requests: { request: McpRequest; options: SdkRequestOptions | undefined }[] = [];
  readonly answers: ((result: McpResult) => void)[] = [];
  readonly failures: ((error: unknown) => void)[] = [];
  fallbackRequestHandler?: (request: McpRequest, context: unknown) => Promise<McpResult>;
  fallbackNotificationHandler?: (notification: McpNotification) => Promise<void>;

  request(request: McpRequest, _schema: unknown, options?: SdkRequestOptions): Promise<McpResult> {
    this.requests.push({ request, options });
    return new Promise((resolve, reject) => {
      this.answers.push(resolve);
      this.failures.push(reject);
    });
  }

  async notification(): Promise<void> {}
}

/** A request that is at work, and what it hears. */
function context(): UpstreamContext & { heard: unknown[] } {
  const heard: unknown[] = [];
  return {
    heard,
    signal: new AbortController().signal,
    onNotification: (notification) => heard.push(notification),
    onRequest: async (question) => ({ asked: question.method }),
  };
}

const log = { method: "notifications/message", params: { data: "a line" } };
const question = { method: "sampling/createMessage", params: {} };

describe("what a server says over a connection", () => {
  test("belongs to the only request that is at work", async () => {
    const client = new FakeClient();
    const outside: unknown[] = [];
    const upstream = new ClientUpstream(client, { onNotification: (said) => outside.push(said) });
    const only = context();
    const request = upstream.request({ method: "tools/call", params: { name: "tool" } }, only);
    await client.fallbackNotificationHandler?.(log);
    await client.fallbackNotificationHandler?.({ method: "notifications/tools/list_changed" });
    expect(await client.fallbackRequestHandler?.(question, {})).toEqual({ asked: question.method });
    client.answers[0]?.({ done: true });
    expect(await request).toEqual({ done: true });
    expect(only.heard).toEqual([log]);
    expect(outside).toEqual([{ method: "notifications/tools/list_changed" }]);
  });

  test("belongs to none if there are several, or none", async () => {
    const client = new FakeClient();
    const outside: unknown[] = [];
    const upstream = new ClientUpstream(client, { onNotification: (said) => outside.push(said) });
    const both = [context(), context()];
    const ask = async () => client.fallbackRequestHandler?.(question, {});
    await expect(ask()).rejects.toMatchObject({ code: -32601 });
    const requests = both.map((one) => upstream.request({ method: "tools/list" }, one));
    await client.fallbackNotificationHandler?.(log);
    await expect(ask()).rejects.toMatchObject({ code: -32601 });
    for (const answer of client.answers) answer({});
    await Promise.all(requests);
    expect(both.map(({ heard }) => heard)).toEqual([[], []]);
    expect(outside).toEqual([log]);
  });

  test.each([
    ["was aborted", new Error("aborted"), false],
    ["took too long", Object.assign(new Error("timeout"), { code: "REQUEST_TIMEOUT" }), false],
    ["was answered with an error", Object.assign(new Error("no"), { code: -32602 }), true],
  ])("may belong to a former request that %s", async (_, error, isOver) => {
    const client = new FakeClient();
    const outside: unknown[] = [];
    const upstream = new ClientUpstream(client, { onNotification: (said) => outside.push(said) });
    const secret = upstream.request({ method: "tools/call", params: { name: "secret" } }, context());
    client.failures[0]?.(error);
    await expect(secret).rejects.toBe(error);
    const open = context();
    const request = upstream.request({ method: "tools/call", params: { name: "open" } }, open);
    await client.fallbackNotificationHandler?.(log);
    const asked = (async () => client.fallbackRequestHandler?.(question, {}))();
    if (isOver) await asked;
    else await expect(asked).rejects.toMatchObject({ code: -32601 });
    client.answers[1]?.({});
    await request;
    expect(open.heard).toEqual(isOver ? [log] : []);
    expect(outside).toEqual(isOver ? [] : [log]);
  });

  test("is passed on with the signal of its request, and interim results come back", async () => {
    const client = new FakeClient();
    const upstream = new ClientUpstream(client, { timeoutMs: 5_000 });
    const one = context();
    const request = upstream.request({ method: "tools/call" }, one);
    const { options } = client.requests[0] ?? {};
    expect(options).toMatchObject({ signal: one.signal, timeout: 5_000, allowInputRequired: true });
    options?.onprogress?.({ progress: 1 });
    expect(one.heard).toEqual([{ method: "notifications/progress", params: { progress: 1 } }]);
    client.answers[0]?.({});
    await request;
  });
});
