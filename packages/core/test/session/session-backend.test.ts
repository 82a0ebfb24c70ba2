import { describe, expect, test, vi } from "vitest";
import type { Backend } from "../../src/session/guard-session.js";
import { call, loadFake } from "../support/load-fake.js";
import { expectNoUnhandledRejections } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const { signal } = new AbortController();

/** What the engine gets when the guest asks for `tool` with `args`. */
async function ask(backend: Backend | undefined, tool = "tool", args: unknown = null) {
  const lines: unknown[] = [];
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push([level, fields, message]);
  const logger = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  let answer: unknown;
  const { session } = await loadFake(
    {
      answer: async ({ host }) => {
        try {
          answer = { value: await host.callBackend(tool, args, { signal }) };
        } catch (error) {
          answer = { error };
        }
      },
    },
    { policyRequired: false, logger },
    { backend },
  );
  await session.labelResource(call);
  return { answer, lines };
}

describe("a session's backend", () => {
  test.each<[args: unknown, toolCall: object]>([
    [{ a: 1 }, { name: "tool", arguments: { a: 1 } }],
    [{}, { name: "tool", arguments: {} }],
    [null, { name: "tool" }],
  ])("gets a call in the shape of the MCP SDK: %j", async (args, toolCall) => {
    const backend = vi.fn(() => null);
    await ask(backend, "tool", args);
    expect(backend).toHaveBeenCalledExactlyOnceWith(toolCall, { signal });
    expect(Object.keys((backend.mock.calls[0] as unknown[])[0] as object)).toEqual(Object.keys(toolCall));
  });

  test.each([[[]], ["x"], [0], [false]])(
    "is not asked with arguments that MCP cannot carry: %j",
    async (args) => {
      const backend = vi.fn(() => null);
      const { answer } = await ask(backend, "tool", args);
      expect(answer).toEqual({ error: expect.any(TypeError) });
      expect(backend).not.toHaveBeenCalled();
    },
  );

  test.each<[what: string, backend: Backend]>([
    ["a value", () => "x"],
    ["a promise", async () => "x"],
  ])("answers with %s", async (_what, backend) => {
    expect((await ask(backend)).answer).toEqual({ value: "x" });
  });

  const secret = Object.assign(new RangeError("token s3cr3t"), { request: "s3cr3t" });
  test.each<[what: string, backend: Backend | undefined, kind: string]>([
    ["is missing", undefined, "Error"],
    [
      "throws",
      () => {
        throw secret;
      },
      "RangeError",
    ],
    ["rejects", () => Promise.reject(secret), "RangeError"],
    [
      "throws a string",
      () => {
        throw "s3cr3t";
      },
      "string",
    ],
    [
      "throws nothing",
      () => {
        throw undefined;
      },
      "undefined",
    ],
  ])("that %s fails, and the log says so without what may be secret", async (_what, backend, kind) => {
    const { answer, lines } = await ask(backend);
    expect(Object.keys(answer as object)).toEqual(["error"]);
    expect(lines).toEqual([["warn", { error: kind }, "a backend call of the guard failed"]]);
  });

  test("keeps its own error for whoever runs the guard", async () => {
    const failure = new Error("no");
    const { answer } = await ask(() => {
      throw failure;
    });
    expect((answer as { error: unknown }).error).toBe(failure);
  });
});
