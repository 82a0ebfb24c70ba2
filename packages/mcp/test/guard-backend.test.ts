import { expect, test } from "vitest";
import { guardMcp, type Upstream } from "../src/index.js";
import { fakeGuard, resource } from "./support/fake-guard.js";
import { gateway, text } from "./support/gateway.js";

/** A guard that asks its backend about every call, and an upstream that has a secret for it. */
function asking(tool: string, server: object = {}, upstream?: Upstream, options: object = {}) {
  const answers: unknown[] = [];
  const test = gateway({
    server,
    options,
    guard: {
      labelResource: async (_, { backend, signal }) => {
        try {
          answers.push(await backend({ name: tool, arguments: { of: "guard" } }, { signal }));
        } catch {
          answers.push("refused");
        }
        return resource();
      },
    },
    upstream:
      upstream ??
      (async (_server, { method, params }) => {
        if (method === "tools/list") {
          return {
            tools: [
              { name: "look", annotations: { readOnlyHint: true, openWorldHint: false } },
              { name: "browse", annotations: { readOnlyHint: true, openWorldHint: true } },
              { name: "mention", annotations: { readOnlyHint: true } },
              { name: "touch", annotations: { openWorldHint: false } },
              { name: "change", annotations: { readOnlyHint: false, openWorldHint: false } },
              { name: "plain" },
            ],
          };
        }
        return params?.name === tool ? text("for the guard") : text("for the agent");
      }),
  });
  return { ...test, answers };
}

test("a guard may call nothing unless its operator lets it (W21), who is told which tool it asks for if that is one", async () => {
  const lines: unknown[] = [];
  const warn = (fields: object, message: string) => void lines.push({ ...fields, message });
  const logger = { debug: warn, info: warn, warn, error: warn };
  for (const [tool, label] of [
    ["look", "look"],
    ["a word of the guard's own", "(unlisted tool)"],
  ] as const) {
    const { call, asked, answers } = asking(tool, { readOnlyTools: ["look"] }, undefined, { logger });
    for (let n = 0; n < 2; n++) expect(await call("tool")).toEqual(text("for the agent"));
    expect(answers).toEqual(["refused", "refused"]);
    expect(asked.map(({ request }) => request.params?.name)).toEqual(["tool", "tool"]);
    const message = "a guard asks for a tool that is not among the backendTools of its server";
    expect(lines.splice(0)).toEqual([{ server: "server", tool: label, message }]);
  }
});

test("a guard calls what it may on its own server, and the agent gets nothing of it", async () => {
  const { call, asked, answers } = asking("look", { backendTools: ["look"] });
  expect(await call("tool")).toEqual(text("for the agent"));
  expect(answers).toEqual([text("for the guard")]);
  expect(asked[0]).toEqual({
    server: "server",
    request: { method: "tools/call", params: { name: "look", arguments: { of: "guard" } } },
  });
});

test.each([
  ["look", true],
  ["browse", false],
  ["mention", false],
  ["touch", false],
  ["change", false],
  ["plain", false],
  ["absent", false],
])(
  "the server's own word on %s counts only where it is trusted, and never for the open world",
  async (tool, isAllowed) => {
    for (const trustAnnotations of [false, true]) {
      const { call, answers } = asking(tool, { trustAnnotations });
      await call("tool");
      expect(answers).toEqual([trustAnnotations && isAllowed ? text("for the guard") : "refused"]);
    }
  },
);

test("what a server says and asks while it answers a guard reaches nobody", async () => {
  const heard: unknown[] = [];
  let refusal: unknown;
  const { call } = asking("look", { backendTools: ["look"] }, async (_server, { params }, context) => {
    if (params?.name !== "look") return text("for the agent");
    context.onNotification({ method: "notifications/message", params: { data: "for the guard" } });
    await context.onRequest({ method: "sampling/createMessage", params: {} }).catch((error) => {
      refusal = error;
    });
    return text("for the guard");
  });
  const notify = (notification: unknown) => heard.push(notification);
  await call("tool", {}, { notify, ask: async () => ({ heard: heard.push("asked") }) });
  expect(heard).toEqual([]);
  expect(refusal).toBeInstanceOf(Error);
});

test("a guard asks on behalf of the request that it works for, with that request's upstream and signal", async () => {
  const guarded = guardMcp({
    servers: {
      server: {
        backendTools: ["look"],
        policy: {},
        guard: fakeGuard({
          labelResource: async (_, { backend, signal }) => {
            await backend({ name: "look" }, { signal });
            return resource();
          },
        }),
      },
    },
  });
  const asked: string[] = [];
  const signals = new Map<string, AbortSignal>();
  const requests = ["one", "two", "three"].map((name) => {
    const session = guarded.session({
      principal: "alice",
      upstream: async (_server, { params }, { signal }) => {
        const own = signals.get(name) ?? signal;
        signals.set(name, own);
        asked.push(`${name} ${params?.name} ${signal === own}`);
        return text("ok");
      },
    });
    return session.handle("server", { method: "tools/call", params: { name: "tool" } });
  });
  await Promise.all(requests);
  expect(new Set(signals.values()).size).toBe(3);
  expect(asked.toSorted()).toEqual([
    "one look true",
    "one tool true",
    "three look true",
    "three tool true",
    "two look true",
    "two tool true",
  ]);
});

test("a guard that labels an agent asks its own server, whichever is called", async () => {
  const asked: string[] = [];
  const asks = (name: string) => ({
    backendTools: ["look"],
    policy: {},
    guard: fakeGuard({
      labelAgent: async (_, { backend, signal }) => {
        await backend({ name: "look" }, { signal });
        return { agent: { secrecy: [], integrity: [] }, mode: "filter" as const };
      },
    }),
    definitions: { secrecy: [name], integrity: [] },
  });
  const guarded = guardMcp({ servers: { one: asks("one"), two: asks("two") } });
  const session = guarded.session({
    principal: "alice",
    upstream: async (server, { params }) => {
      asked.push(`${server} ${params?.name}`);
      return text("ok");
    },
  });
  await session.handle("one", { method: "tools/call", params: { name: "tool" } });
  expect(asked.toSorted()).toEqual(["one look", "one tool", "two look"]);
});

test("a guard asks with the signal of its own call, not with that of the request", async () => {
  const own = new AbortController();
  let used: AbortSignal | undefined;
  const { call } = gateway({
    server: { backendTools: ["look"] },
    guard: {
      labelResource: async (_, { backend }) => {
        await backend({ name: "look" }, { signal: own.signal });
        return resource();
      },
    },
    upstream: async (_server, { params }, { signal }) => {
      if (params?.name === "look") used = signal;
      return text("ok");
    },
  });
  await call("tool");
  expect(used).toBe(own.signal);
});
