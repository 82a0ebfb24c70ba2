import { describe, expect, test } from "vitest";
import type { McpNotification, Upstream } from "../src/index.js";
import { agent, type FakeGuardBehaviour, resource } from "./support/fake-guard.js";
import { gateway, text, textsOf } from "./support/gateway.js";

const secret: FakeGuardBehaviour = { labelResource: () => resource({ secrecy: ["secret"] }) };
/** Its answers are looked at part by part, so the request itself is made. */
const server = { readOnlyTools: ["tool"] };
const progress = {
  method: "notifications/progress",
  params: { progressToken: 7, progress: 1, message: "half of it" },
};
const log = { method: "notifications/message", params: { level: "info", data: "a line" } };

/** Calls a tool whose server says things while it answers, and returns what the client hears, the result last. */
async function hear(
  said: readonly McpNotification[],
  guard?: FakeGuardBehaviour,
  _meta: object | null = { progressToken: "mine" },
): Promise<unknown[]> {
  const heard: unknown[] = [];
  const { request } = gateway({
    server,
    ...(guard && { guard }),
    upstream: async (_server, _request, { onNotification }) => {
      for (const notification of said) onNotification(notification);
      return text("ok");
    },
  });
  const notify = (notification: McpNotification) => heard.push(notification);
  const result = await request("tools/call", { name: "tool", ...(_meta && { _meta }) }, { notify });
  heard.push(result.isError === true ? "refused" : "result");
  return heard;
}

describe("a notification", () => {
  test("reaches the client before the result, in its order, with the token that the client knows", async () => {
    expect(await hear([progress, log, progress])).toEqual([
      { ...progress, params: { ...progress.params, progressToken: "mine" } },
      log,
      { ...progress, params: { ...progress.params, progressToken: "mine" } },
      "result",
    ]);
  });

  test("of progress reaches only clients that want to hear of it", async () => {
    expect(await hear([progress, log], {}, null)).toEqual([log, "result"]);
  });

  test("carries the labels of its request, or is dropped (W9)", async () => {
    expect(await hear([progress, log], secret)).toEqual(["refused"]);
  });

  test("that says nothing but that something has changed passes, without a word", async () => {
    const changed = { method: "notifications/tools/list_changed", params: { _meta: { note: "secret" } } };
    expect(await hear([changed], secret)).toEqual([{ method: changed.method }, "refused"]);
  });

  test.each(["notifications/tasks/status", "notifications/acme", "notifications/resources/updated"])(
    "that nobody can judge is dropped: %s",
    async (method) => {
      expect(await hear([{ method, params: { uri: "file:///a" } }])).toEqual(["result"]);
    },
  );

  test("taints the agent like what it belongs to, before it is passed on", async () => {
    const heard: string[] = [];
    const { call } = gateway({
      guard: {
        labelAgent: () => agent({}, "propagate"),
        labelResource: ({ name }) =>
          name === "tool" ? resource({ secrecy: ["secret"] }) : resource({}, "write"),
      },
      options: { mode: "propagate" },
      upstream: async (_server, _request, { onNotification }) => {
        onNotification(log);
        return new Promise((_, reject) => setTimeout(reject, 5, new Error("the way is lost")));
      },
    });
    const notify = () => heard.push("heard");
    await call("tool", {}, { notify }).catch(() => undefined);
    expect(heard).toEqual(["heard"]);
    expect(await call("write")).toMatchObject({ isError: true });
  });

  test("that comes late reaches nobody", async () => {
    const heard: unknown[] = [];
    let say: ((notification: McpNotification) => void) | undefined;
    const { call } = gateway({
      upstream: async (_server, _request, { onNotification }) => {
        say = onNotification;
        return text("ok");
      },
    });
    await call("tool", {}, { notify: (notification) => heard.push(notification) });
    say?.(log);
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual([]);
  });

  test("of a flood that nobody reads is dropped beyond a thousand, and the call goes on", async () => {
    const heard = await hear(Array.from({ length: 5_000 }, () => log));
    expect(heard).toHaveLength(1_001);
    expect(heard.at(-1)).toBe("result");
  });

  test("that the client does not take changes nothing", async () => {
    const { call } = gateway({
      upstream: async (_server, _request, { onNotification }) => {
        onNotification(log);
        return text("ok");
      },
    });
    const notify = async () => Promise.reject(new Error("gone"));
    expect(await call("tool", {}, { notify })).toEqual(text("ok"));
  });
});

describe("a question of the server", () => {
  const sampling = { method: "sampling/createMessage", params: { messages: [] } };
  const asking =
    (question = sampling): Upstream =>
    async (_server, _request, { onRequest }) => {
      const answer = await onRequest(question).catch(({ code, message }) => ({ refused: code, message }));
      return text(JSON.stringify(answer));
    };
  const ask = async () => ({ role: "assistant", content: { type: "text", text: "an answer" } });

  test.each(["sampling/createMessage", "elicitation/create", "roots/list"])(
    "is asked of an agent that may read it and write the answer: %s",
    async (method) => {
      const asked: unknown[] = [];
      const { call } = gateway({ upstream: asking({ method, params: { messages: [] } }) });
      const result = await call(
        "tool",
        {},
        {
          ask: (question) => {
            asked.push(question);
            return ask();
          },
        },
      );
      expect(asked).toEqual([{ method, params: { messages: [] } }]);
      expect(JSON.stringify(result)).toContain("an answer");
    },
  );

  test.each([
    ["may not read it", { ...secret }],
    [
      "must not write there",
      { labelAgent: () => agent({ secrecy: ["carried"] }), labelResource: () => resource() },
    ],
  ])("is not asked of an agent that %s", async (_, guard) => {
    let isAsked = false;
    let answered: unknown;
    const { call } = gateway({
      server,
      guard,
      upstream: async (...request) => {
        answered = await asking()(...request);
        return text("ok");
      },
    });
    await call(
      "tool",
      {},
      {
        ask: () => {
          isAsked = true;
          return ask();
        },
      },
    );
    expect(isAsked).toBe(false);
    expect(JSON.stringify(answered)).toContain("-32010");
    expect(JSON.stringify(answered)).not.toMatch(/secret|carried/);
  });

  test("is not asked after a hundred about one request, one after the other or all at once", async () => {
    const upstream =
      (isParallel: boolean): Upstream =>
      async (_server, _request, { onRequest }) => {
        const outcomes: string[] = [];
        const pose = () =>
          onRequest(sampling).then(
            () => outcomes.push("answered"),
            ({ code }) => outcomes.push(String(code)),
          );
        if (isParallel) await Promise.all(Array.from({ length: 150 }, pose));
        else for (let n = 0; n < 150; n++) await pose();
        return text(JSON.stringify(outcomes.sort()));
      };
    for (const isParallel of [true, false]) {
      let asked = 0;
      const { call } = gateway({ upstream: upstream(isParallel) });
      const counting = () => {
        asked++;
        return ask();
      };
      const result = await call("tool", {}, { ask: counting });
      expect(asked).toBe(100);
      const [outcomes = ""] = textsOf(result);
      expect(JSON.parse(outcomes).filter((outcome: string) => outcome === "-32014")).toHaveLength(50);
    }
  });

  test("has no answer when the agent has learnt a secret meanwhile", async () => {
    const { call } = gateway({
      guard: {
        labelAgent: () => agent({}, "propagate"),
        labelResource: ({ name }) => resource(name === "read" ? { secrecy: ["secret"] } : {}),
      },
      options: { mode: "propagate" },
      upstream: async (...request) =>
        request[1].params?.name === "read" ? text("secret") : asking()(...request),
    });
    const result = await call(
      "tool",
      {},
      {
        ask: async () => {
          await call("read");
          return ask();
        },
      },
    );
    expect(JSON.stringify(result)).toContain("-32010");
    expect(JSON.stringify(result)).not.toContain("an answer");
  });

  test("has no refusal in the agent's words either then", async () => {
    const { call } = gateway({
      guard: {
        labelAgent: () => agent({}, "propagate"),
        labelResource: ({ name }) => resource(name === "read" ? { secrecy: ["secret"] } : {}),
      },
      options: { mode: "propagate" },
      upstream: async (...request) =>
        request[1].params?.name === "read" ? text("secret") : asking()(...request),
    });
    const refuse = async () => Promise.reject(Object.assign(new Error("I have read: secret"), { code: -1 }));
    expect(JSON.stringify(await call("tool", {}, { ask: refuse }))).toContain("I have read");
    const result = await call(
      "tool",
      {},
      {
        ask: async () => {
          await call("read");
          return refuse();
        },
      },
    );
    expect(JSON.stringify(result)).toContain("-32010");
    expect(JSON.stringify(result)).not.toContain("I have read");
  });

  test("that nobody knows is refused, and so is any where the client cannot be asked", async () => {
    const unknown = gateway({ upstream: asking({ method: "acme/ask", params: { messages: [] } }) });
    expect(JSON.stringify(await unknown.call("tool", {}, { ask }))).toContain("refused");
    const deaf = gateway({ upstream: asking() });
    expect(JSON.stringify(await deaf.call("tool"))).toContain("-32601");
  });

  test("whether somebody is there is answered by the gateway", async () => {
    const { call } = gateway({ upstream: asking({ method: "ping", params: { messages: [] } }) });
    expect(await call("tool")).toEqual(text("{}"));
  });
});

describe("outside of any request", () => {
  test("a client tells servers that something has happened, and no more", () => {
    const { session } = gateway();
    expect(
      session.fromClient({ method: "notifications/roots/list_changed", params: { note: "secret" } }),
    ).toEqual({
      method: "notifications/roots/list_changed",
    });
    expect(session.fromClient({ method: "notifications/initialized" })).toEqual({
      method: "notifications/initialized",
    });
    for (const method of ["notifications/progress", "notifications/cancelled", "notifications/acme"]) {
      expect(session.fromClient({ method, params: {} })).toBeUndefined();
    }
  });

  test("a server tells clients that something has changed, and no more", async () => {
    const { session } = gateway();
    const method = "notifications/prompts/list_changed";
    expect(await session.fromServer("server", { method, params: { note: "secret" } })).toEqual({ method });
    for (const notification of [log, progress, { method: "notifications/acme" }]) {
      expect(await session.fromServer("server", notification)).toBeUndefined();
    }
  });

  test("everything passes in an audit", async () => {
    const { session } = gateway({ options: { enforcement: "audit" } });
    expect(session.fromClient(progress)).toEqual(progress);
    expect(await session.fromServer("server", log)).toEqual(log);
  });
});
