import { type AgentState, MemoryLabelStore } from "@guardhost/difc";
import { describe, expect, test } from "vitest";
import { agent, fakeGuard, resource } from "./support/fake-guard.js";
import { gateway, text } from "./support/gateway.js";

/** A server that answers when it is let. */
function slowServer() {
  const releases: (() => void)[] = [];
  const upstream = () =>
    new Promise<Record<string, unknown>>((resolve) => {
      releases.push(() => resolve(text("ok")));
    });
  return { releases, upstream };
}

test("closing lets what is at work end, and takes no more", async () => {
  const { releases, upstream } = slowServer();
  const { guarded, call } = gateway({ upstream });
  const running = call("tool");
  await expect.poll(() => releases.length).toBe(1);
  let isClosed = false;
  const closed = guarded.close().then(() => {
    isClosed = true;
  });
  await expect(call("tool")).rejects.toMatchObject({ code: -32014 });
  expect(isClosed).toBe(false);
  releases[0]?.();
  expect(await running).toEqual(text("ok"));
  await closed;
  await guarded.close();
});

test("other guards and policies take over, and what is at work ends under what it began with", async () => {
  const { releases, upstream } = slowServer();
  const { guarded, call } = gateway({ upstream, guard: { labelResource: () => resource() } });
  const running = call("tool");
  await expect.poll(() => releases.length).toBe(1);
  let hasReplaced = false;
  const denying = fakeGuard({ labelResource: () => resource({ secrecy: ["secret"] }) });
  const replaced = guarded.replace({ server: { guard: denying, policy: {} } }).then(() => {
    hasReplaced = true;
  });
  expect(await call("tool")).toMatchObject({ isError: true });
  expect(hasReplaced).toBe(false);
  releases[0]?.();
  expect(await running).toEqual(text("ok"));
  await replaced;
});

test("a gateway that closes waits for requests under former guards, too", async () => {
  let release: (() => void) | undefined;
  let hasClosed = false;
  const { guarded, call } = gateway({
    upstream: () => new Promise((resolve) => (release = () => resolve(text("ok")))),
  });
  const running = call("tool");
  await expect.poll(() => release).toBeDefined();
  const replaced = guarded.replace({ server: { guard: fakeGuard(), policy: {} } });
  const closed = guarded.close().then(() => {
    hasClosed = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(hasClosed).toBe(false);
  release?.();
  expect(await running).toEqual(text("ok"));
  await Promise.all([replaced, closed]);
});

describe("a store that does not answer", () => {
  /** Stops answering from the call on that `hangsAt` names, until it is let go on. */
  function hangingStore(hangsAt: "read" | "join", after: number) {
    const store = new MemoryLabelStore();
    let calls = 0;
    let isHanging = true;
    const hangs = (call: "read" | "join") => isHanging && call === hangsAt && ++calls > after;
    const never = new Promise<never>(() => {});
    return {
      goOn: () => {
        isHanging = false;
      },
      store: {
        read: (key: string) => (hangs("read") ? never : store.read(key)),
        join: (key: string, state: AgentState) => (hangs("join") ? never : store.join(key, state)),
      },
    };
  }

  const unavailable = { isError: true, _meta: { "guardhost/error": { code: -32012 } } };
  const tainting = { labelResource: () => resource({ secrecy: ["secret"] }) };

  // At the agent's labelling, at the decision on the request, and at that on the result.
  test.each([
    ["join", 0],
    ["read", 0],
    ["read", 1],
    ["join", 1],
  ] as const)(
    "fails calls at its %s, closes and is replaced in time, and goes on by itself",
    async (at, after) => {
      const { store, goOn } = hangingStore(at, after);
      const options = { store, storeTimeoutMs: 50, mode: "propagate" } as const;
      const guard = { ...tainting, labelAgent: () => agent({}, "propagate") };
      const { guarded, call } = gateway({ guard, options });
      const calls = [call("tool"), call("tool")];
      const replaced = guarded.replace({ server: { guard: fakeGuard(guard), policy: {} } });
      for (const result of await Promise.all(calls)) expect(result).toMatchObject(unavailable);
      await replaced;
      goOn();
      expect(await call("tool")).toEqual(text("ok"));
      await guarded.close();
    },
  );

  test("keeps neither operators nor subscribers waiting", async () => {
    const { store, goOn } = hangingStore("read", 0);
    const { guarded, session, request } = gateway({
      options: { store, storeTimeoutMs: 50 },
      server: { guardedMethods: ["resources/read"] },
    });
    const changed = { method: "notifications/resources/updated", params: { uri: "a:b" } };
    goOn();
    await request("resources/subscribe", { uri: "a:b" });
    expect(await session.fromServer("server", changed)).toEqual(changed);
    const hanging = hangingStore("read", 0);
    store.read = hanging.store.read;
    await expect(guarded.reflect()).rejects.toMatchObject({
      cause: { message: expect.stringContaining("has not answered within 50 ms") },
    });
    expect(await session.fromServer("server", changed)).toBeUndefined();
    await guarded.close();
  });

  test.each([0, -1, Number.NaN, 2 ** 31])(
    "needs a deadline that timers know, not %d ms",
    (storeTimeoutMs) => {
      expect(() => gateway({ options: { storeTimeoutMs } })).toThrow(RangeError);
    },
  );
});

test("labels of an agent stay when guards are replaced, and all guards label it anew", async () => {
  const { guarded, call } = gateway({
    options: { mode: "propagate" },
    guard: {
      labelAgent: () => agent({}, "propagate"),
      labelResource: () => resource({ secrecy: ["secret"] }),
    },
  });
  expect(await call("read")).toEqual(text("ok"));
  let labelled = 0;
  const sink = fakeGuard({
    labelAgent: () => {
      labelled++;
      return agent();
    },
    labelResource: () => resource({}, "write"),
  });
  await guarded.replace({ server: { guard: sink, policy: {} } });
  expect(await call("write")).toMatchObject({ isError: true });
  expect(labelled).toBe(1);
});

test("a stream of changes ends when guards are replaced, and its client opens another one", async () => {
  let isOpen = false;
  let reason: unknown;
  const { guarded, request } = gateway({
    upstream: (_server, _request, { signal }) =>
      new Promise((_, reject) => {
        isOpen = true;
        signal.addEventListener("abort", () => {
          reason = signal.reason;
          reject(signal.reason);
        });
      }),
  });
  const stream = request("subscriptions/listen", { notifications: { toolsListChanged: true } });
  await expect.poll(() => isOpen).toBe(true);
  await guarded.replace({ server: { guard: fakeGuard(), policy: {} } });
  expect(await stream).toEqual({ resultType: "complete" });
  expect(reason).toBeInstanceOf(Error);
});

test("servers that make no sense replace nothing", async () => {
  const { guarded, call } = gateway();
  await expect(guarded.replace({ server: {} as never })).rejects.toThrow(TypeError);
  expect(await call("tool")).toEqual(text("ok"));
});

test("what there is shows servers, guards and labels, and nobody's name", async () => {
  const { guarded, call } = gateway({ guard: { labelAgent: () => agent({ secrecy: ["internal"] }) } });
  await call("tool");
  const reflection = await guarded.reflect();
  expect(reflection).toMatchObject({
    enforcement: "enforce",
    mode: "filter",
    servers: { server: { guard: "fake" } },
    agents: [{ agent: expect.any(Number), secrecy: ["internal"], integrity: [] }],
  });
  expect(JSON.stringify(reflection)).not.toContain("alice");
});
