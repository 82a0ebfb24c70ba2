import { GuardError } from "@guardhost/core";
import { DifcError, parseWriteSinkPolicy, writeSinkGuard } from "@guardhost/difc";
import { describe, expect, test } from "vitest";
import { McpError } from "../src/index.js";
import { agent, resource } from "./support/fake-guard.js";
import { errorOf, gateway, text, textsOf } from "./support/gateway.js";

const secretItem = (path: string) => ({ path, labels: { secrecy: ["secret"], integrity: [] } });

describe("a result", () => {
  test("is the server's own, without what is withheld, and with a notice", async () => {
    const { call } = gateway({
      guard: { labelResponse: () => ({ kind: "paths", paths: [secretItem("/1")] }) },
      upstream: async () => ({ ...text('["one", "two", 3.0]'), structuredContent: ["one", "two", 3] }),
    });
    const result = await call("list_things");
    expect(textsOf(result)).toEqual(['["one", 3.0]', "[Filtered] Removed by the secrecy policy: 1 item."]);
    expect(result.structuredContent).toEqual(["one", 3]);
  });

  test("never holds what a guard has made up", async () => {
    const items = [{ labels: { secrecy: [], integrity: [] }, data: "made up" }, { data: "made up" }];
    const { call } = gateway({
      guard: { labelResponse: () => ({ kind: "items", items }) as never },
      upstream: async () => text('["one","two"]'),
    });
    const result = await call("list_things");
    expect(JSON.stringify(result)).toContain("one");
    expect(JSON.stringify(result)).not.toContain("made up");
  });

  test("that no label fits is withheld, and it says that the call was made", async () => {
    const { call, asked } = gateway({
      guard: {
        labelResource: () => resource({}, "read-write"),
        labelResponse: () => ({ kind: "paths", paths: [secretItem("/nowhere/0")] }),
      },
    });
    expect(await call("tool")).toMatchObject({
      isError: true,
      _meta: { "guardhost/error": { kind: "guardFailed", denial: "labels", isExecuted: true } },
    });
    expect(asked).toHaveLength(1);
  });

  test.each(["TRAPPED", "TIMEOUT", "INVALID_OUTPUT", "INPUT_TOO_LARGE", "UNHEALTHY", "BUSY"] as const)(
    "whose guard fails (%s) is withheld, and says so without its words",
    async (code) => {
      const { call } = gateway({
        guard: {
          labelResponse: () => {
            throw new GuardError(code, "secret words");
          },
        },
      });
      const result = await call("tool");
      expect(result).toMatchObject({
        isError: true,
        _meta: { "guardhost/error": { code: -32011, guard: code, isExecuted: true } },
      });
      expect(textsOf(result)[0]).toMatch(new RegExp(`${code}.*must not be repeated`));
      expect(JSON.stringify(result)).not.toContain("secret words");
    },
  );

  test("with an error in it is content like any other (W10)", async () => {
    const { call } = gateway({
      guard: { labelResource: () => resource({ secrecy: ["secret"] }) },
      server: { readOnlyTools: ["tool"] },
      upstream: async () => ({ ...text("API rate limit exceeded for secret"), isError: true }),
    });
    expect(JSON.stringify(await call("tool"))).not.toContain("rate limit");
  });

  test.each([undefined, null, "text", ["list"]])("that is none is an error: %j", async (result) => {
    const { call } = gateway({ upstream: async () => result as never });
    expect(await errorOf(call("tool"))).toMatchObject({ code: -32013 });
  });

  test("that one agent gets is nobody else's to take from a cache", async () => {
    for (const cacheScope of ["public", "private"]) {
      const { call } = gateway({ upstream: async () => ({ ...text("ok"), ttlMs: 5000, cacheScope }) });
      expect(await call("tool")).toEqual({ ...text("ok"), ttlMs: 5000, cacheScope: "private" });
    }
    const { call } = gateway({ upstream: async () => ({ ...text("ok"), ttlMs: 5000 }) });
    expect(await call("tool")).toMatchObject({ cacheScope: "private" });
  });

  test("of a sink is delivered", async () => {
    const sink = writeSinkGuard(parseWriteSinkPolicy({ "write-sink": { accept: ["octo"] } }));
    const { call } = gateway({ server: { guard: sink, policy: undefined } });
    expect(await call("tool")).toEqual(text("ok"));
  });
});

describe("an error of the server", () => {
  const failing = async () =>
    Promise.reject(Object.assign(new Error("no such file: secret"), { code: -32002, data: 1 }));

  test("reaches an agent that may read what it is about", async () => {
    const { call } = gateway({ upstream: failing });
    const error = await errorOf(call("tool"));
    expect(error).toMatchObject({ code: -32002, message: "no such file: secret", data: 1 });
  });

  test("reaches nobody else (W10)", async () => {
    const { call } = gateway({
      guard: { labelResource: () => resource({ secrecy: ["secret"] }) },
      server: { readOnlyTools: ["tool"] },
      upstream: failing,
    });
    const result = await call("tool");
    expect(result).toMatchObject({ isError: true, _meta: { "guardhost/error": { kind: "denied" } } });
    expect(JSON.stringify(result)).not.toMatch(/no such file|secret:/);
  });

  test.each([
    new Error("connect ECONNREFUSED with token abc"),
    // Of `fetch` and `AbortSignal.timeout`, whose codes are numbers.
    new DOMException("timeout at https://abc", "TimeoutError"),
  ])("of the way to it is told in words of the gateway: %s", async (cause) => {
    const { call } = gateway({ upstream: async () => Promise.reject(cause) });
    const error = await call("tool").catch((error) => error);
    expect(McpError.is(error)).toBe(true);
    expect(error).toMatchObject({ code: -32013, cause });
    expect(error.message).not.toContain("abc");
  });
});

describe("an interim result", () => {
  const interim = {
    resultType: "input_required",
    inputRequests: { confirm: { method: "elicitation/create", params: { message: "secret?" } } },
    requestState: "state",
  };

  test("passes the monitor like any other", async () => {
    const open = gateway({ upstream: async () => interim });
    expect(await open.call("tool")).toEqual(interim);
    const secret = gateway({
      guard: { labelResource: () => resource({ secrecy: ["secret"] }) },
      server: { readOnlyTools: ["tool"] },
      upstream: async () => interim,
    });
    const refused = await secret.call("tool");
    expect(refused).toMatchObject({ isError: true });
    expect(JSON.stringify(refused)).not.toContain("secret?");
  });

  test("is not delivered to an agent that must not write the answer", async () => {
    const { call } = gateway({
      guard: { labelAgent: () => agent({ secrecy: ["carried"] }), labelResource: () => resource() },
      upstream: async () => interim,
    });
    const refused = await call("tool");
    expect(refused).toMatchObject({ isError: true, _meta: { "guardhost/error": { kind: "denied" } } });
    expect(JSON.stringify(refused)).not.toContain("secret?");
  });

  test("is delivered as a whole or not at all", async () => {
    const { call } = gateway({
      guard: { labelResponse: () => ({ kind: "paths", itemsPath: "/list", paths: [secretItem("/list/0")] }) },
      upstream: async () => ({ ...interim, list: ["one", "two"] }),
    });
    const refused = await call("list_things");
    expect(refused).toMatchObject({ isError: true, _meta: { "guardhost/error": { denial: "flow" } } });
    expect(JSON.stringify(refused)).not.toContain("inputRequests");
  });

  test.each([{ inputResponses: { confirm: { action: "accept" } } }, { requestState: "chosen by the agent" }])(
    "is answered by a write, also where the guard sees a read: %j",
    async (answer) => {
      const { request, asked } = gateway({
        guard: { labelAgent: () => agent({ secrecy: ["secret"] }), labelResource: () => resource() },
      });
      expect(await request("tools/call", { name: "tool" })).toEqual(text("ok"));
      expect(await request("tools/call", { name: "tool", ...answer })).toMatchObject({ isError: true });
      expect(asked).toHaveLength(1);
    },
  );
});

describe("a request", () => {
  test("whose guard fails is not made", async () => {
    for (const error of [
      new GuardError("TRAPPED", "secret words"),
      new DifcError("INVALID_LABELS", "x"),
      new Error("y"),
    ]) {
      const { call, asked } = gateway({
        guard: {
          labelResource: () => {
            throw error;
          },
        },
      });
      expect(await call("tool")).toMatchObject({
        isError: true,
        _meta: { "guardhost/error": { code: -32011, isExecuted: false } },
      });
      expect(asked).toEqual([]);
    }
  });

  test.each([
    { secrecy: ["*"], integrity: [] },
    { secrecy: "public", integrity: [] },
    { secrecy: [] },
    undefined,
  ])("with labels that are none is not made: %j", async (labels) => {
    const { call, asked } = gateway({
      guard: { labelResource: () => ({ resource: labels, operation: "read" }) as never },
    });
    expect(await call("tool")).toMatchObject({ isError: true });
    expect(asked).toEqual([]);
  });

  test("whose operation is none is not made (W20)", async () => {
    const { call, asked } = gateway({
      guard: {
        labelResource: () => ({ resource: { secrecy: [], integrity: [] }, operation: "peek" }) as never,
      },
    });
    expect(await call("tool")).toMatchObject({ isError: true });
    expect(asked).toEqual([]);
  });
});
