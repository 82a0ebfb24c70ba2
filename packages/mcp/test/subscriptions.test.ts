import { describe, expect, test } from "vitest";
import type { McpNotification, UpstreamContext } from "../src/index.js";
import { type FakeGuardBehaviour, resource } from "./support/fake-guard.js";
import { errorOf, gateway } from "./support/gateway.js";

const guard: FakeGuardBehaviour = {
  labelResource: ({ arguments: args }) =>
    resource({ secrecy: String(args?.uri).includes("secret") ? ["secret"] : [] }),
};
const server = { guardedMethods: ["resources/read" as const] };
const updated = (uri: string) => ({
  method: "notifications/resources/updated",
  params: { uri, title: "more" },
});

describe("the changes of a resource", () => {
  test("are told to whoever has subscribed to it, and nothing but that", async () => {
    const { request, session, asked } = gateway({ guard, server, upstream: async () => ({}) });
    await request("resources/subscribe", { uri: "file:///a" });
    expect(await session.fromServer("server", updated("file:///a"))).toEqual({
      method: "notifications/resources/updated",
      params: { uri: "file:///a" },
    });
    expect(await session.fromServer("server", updated("file:///b"))).toBeUndefined();
    await request("resources/unsubscribe", { uri: "file:///a" });
    expect(await session.fromServer("server", updated("file:///a"))).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  test("are nobody's who may not read it", async () => {
    const { request, session, asked } = gateway({ guard, server, upstream: async () => ({}) });
    expect(await errorOf(request("resources/subscribe", { uri: "file:///secret" }))).toMatchObject({
      code: -32010,
    });
    expect(await session.fromServer("server", updated("file:///secret"))).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test("are nobody's whom the server has refused", async () => {
    const upstream = async () => Promise.reject(Object.assign(new Error("no"), { code: -32601 }));
    const { request, session } = gateway({ guard, server, upstream });
    expect(await errorOf(request("resources/subscribe", { uri: "file:///a" }))).toMatchObject({
      code: -32601,
    });
    expect(await session.fromServer("server", updated("file:///a"))).toBeUndefined();
  });

  test("are a thousand resources' at most, also if they are asked for at the same time", async () => {
    const { request, asked } = gateway({ guard, server, upstream: async () => ({}) });
    const subscribe = (n: number) => request("resources/subscribe", { uri: `file:///${n}` });
    const outcomes = await Promise.allSettled(Array.from({ length: 1_050 }, (_, n) => subscribe(n)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1_000);
    expect(await errorOf(subscribe(2_000))).toMatchObject({ code: -32014 });
    expect(asked).toHaveLength(1_000);
    await request("resources/unsubscribe", { uri: "file:///0" });
    expect(await subscribe(2_000)).toEqual({});
  });

  test("take no room once a server has refused to tell them", async () => {
    const upstream = async () => Promise.reject(Object.assign(new Error("no"), { code: -32601 }));
    const { request } = gateway({ guard, server, upstream });
    for (let n = 0; n < 1_010; n++) {
      expect(await errorOf(request("resources/subscribe", { uri: `file:///${n}` }))).toMatchObject({
        code: -32601,
      });
    }
  });

  test("are refused where no guard judges resources", async () => {
    const { request } = gateway({ guard });
    expect(await errorOf(request("resources/subscribe", { uri: "file:///a" }))).toMatchObject({
      code: -32601,
    });
    expect(
      await errorOf(
        request("subscriptions/listen", { notifications: { resourceSubscriptions: ["file:///a"] } }),
      ),
    ).toMatchObject({ code: -32602 });
  });
});

/** What a hostile server may send in the place of a notification. */
const noNotifications = [
  null,
  "text",
  { method: "notifications/resources/updated", params: null },
  { method: "notifications/resources/updated", params: "file:///a" },
  { params: {} },
] as unknown as readonly McpNotification[];

test("what is no notification is dropped, and harms nobody", async () => {
  const { session } = gateway({ guard, server });
  for (const said of noNotifications) expect(await session.fromServer("server", said)).toBeUndefined();
});

describe("a stream of changes", () => {
  /** Opens a stream on which the server says all of `said`, and returns what the client hears. */
  async function listen(notifications: Record<string, unknown>, said: readonly McpNotification[]) {
    const heard: McpNotification[] = [];
    const { request, asked } = gateway({
      guard,
      server,
      upstream: async (_server, _request, { onNotification }: UpstreamContext) => {
        for (const notification of said) onNotification(notification);
        return { secret: "words of the server" };
      },
    });
    const result = await request(
      "subscriptions/listen",
      { notifications },
      { notify: (notification) => heard.push(notification) },
    );
    return { heard, result, asked };
  }

  test("tells what the client has asked for, in no words of the server", async () => {
    const changed = "notifications/tools/list_changed";
    const { heard, result } = await listen(
      { toolsListChanged: true, promptsListChanged: false, resourceSubscriptions: ["file:///a"] },
      [
        {
          method: "notifications/subscriptions/acknowledged",
          params: {
            notifications: {
              toolsListChanged: true,
              promptsListChanged: true,
              resourceSubscriptions: ["file:///a", "file:///made/up"],
              note: "words of the server",
            },
          },
        },
        { method: changed, params: { note: "words of the server" } },
        { method: "notifications/prompts/list_changed" },
        updated("file:///a"),
        updated("file:///b"),
        { method: "notifications/message", params: { data: "words of the server" } },
      ],
    );
    expect(heard).toEqual([
      {
        method: "notifications/subscriptions/acknowledged",
        params: { notifications: { toolsListChanged: true, resourceSubscriptions: ["file:///a"] } },
      },
      { method: changed },
      { method: "notifications/resources/updated", params: { uri: "file:///a" } },
    ]);
    expect(result).toEqual({ resultType: "complete" });
  });

  test("goes on after what is no notification", async () => {
    const changed = { method: "notifications/tools/list_changed" };
    const { heard, result } = await listen({ toolsListChanged: true }, [...noNotifications, changed]);
    expect(heard).toEqual([changed]);
    expect(result).toEqual({ resultType: "complete" });
  });

  test.each([
    [{ resourceSubscriptions: ["file:///a", "file:///secret"] }, -32010],
    [{ resourceSubscriptions: "file:///a" }, -32602],
    [{ everything: true }, -32602],
  ])("is not opened for what the agent may not hear: %j", async (notifications, code) => {
    expect(await errorOf(listen(notifications, []))).toMatchObject({ code });
  });
});
