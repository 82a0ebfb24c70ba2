import { describe, expect, test, vi } from "vitest";
import { anyObjectPolicy } from "../../src/policy/policy-schema.js";
import type { StandardResult, StandardSchema } from "../../src/policy/standard-schema.js";
import { countingController } from "../support/counting-signal.js";
import { gate } from "../support/fake-engine.js";
import { call, loadFake } from "../support/load-fake.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

type Validate = (value: unknown) => StandardResult<unknown> | Promise<StandardResult<unknown>>;

function loadWith(validate: Validate, more: object = {}) {
  const policySchema: StandardSchema = { "~standard": { version: 1, vendor: "test", validate } };
  return loadFake({}, { policySchema, ...more });
}

describe("a policySchema", () => {
  test.each<[when: string, validate: Validate]>([
    ["at once", (value) => ({ value: { got: value } })],
    ["later", async (value) => ({ value: { got: value } })],
  ])("may transform the policy, %s", async (_when, validate) => {
    const { session, engine } = await loadWith(validate);
    await session.labelAgent("mine");
    expect(engine.calls[0]?.input).toEqual({ got: "mine" });
  });

  test("stands in place of the allow-only policy, not beside it", async () => {
    const { session, engine } = await loadFake({}, { policySchema: anyObjectPolicy });
    await session.labelAgent({ rules: [1] });
    expect(engine.calls[0]?.input).toEqual({ rules: [1] });
    await expect(session.labelAgent([])).rejects.toMatchObject({ code: "POLICY" });
  });

  test.each<[how: string, validate: Validate, error: object]>([
    [
      "refuses",
      () => ({ issues: [{ message: "no", path: ["rules"] }] }),
      { code: "POLICY", message: "the policy is refused by its schema: /rules: no" },
    ],
    ["refuses later", async () => ({ issues: [{ message: "no" }] }), { code: "POLICY" }],
    [
      "throws",
      () => {
        throw new Error("oops");
      },
      { code: "POLICY", cause: { message: "oops" } },
    ],
    ["rejects", () => Promise.reject(new Error("oops")), { code: "POLICY", cause: { message: "oops" } }],
    ["makes what JSON cannot express", () => ({ value: { size: 1n } }), { name: "TypeError" }],
    [
      "makes nothing",
      () => ({ value: undefined }),
      { code: "POLICY", message: "the policy could not be checked: its schema has no result" },
    ],
    [
      "has no result",
      () => undefined as never,
      { code: "POLICY", message: "the policy could not be checked: its schema has no result" },
    ],
    ["has no result later", async () => null as never, { code: "POLICY" }],
    ["makes too much", () => ({ value: "x".repeat(100) }), { code: "INPUT_TOO_LARGE" }],
  ])("that %s keeps the guard from being entered, and the session goes on", async (_how, validate, error) => {
    let calls = 0;
    const { session, engine } = await loadWith((value) => (++calls === 1 ? validate(value) : { value }), {
      limits: { maxInputBytes: 100 },
    });
    expect(await thrownBy(() => session.labelAgent({}))).toMatchObject(error);
    expect(engine.events).toEqual(["compile"]);
    await session.labelAgent({});
    await session.labelResource({ name: "n" });
  });

  test("that hangs ends with the deadline", async () => {
    const { session, engine } = await loadWith(() => new Promise(() => undefined));
    await expect(session.labelAgent({}, { timeoutMs: 5 })).rejects.toMatchObject({
      code: "TIMEOUT",
      lost: false,
    });
    expect(engine.events).toEqual(["compile"]);
  });

  test("that hangs can be aborted, and leaves no listener", async () => {
    const { session } = await loadWith(() => new Promise(() => undefined));
    const { signal, abort, listeners } = countingController();
    const running = session.labelAgent({}, { signal });
    await null;
    abort("stop");
    expect(await thrownBy(() => running)).toBe("stop");
    expect(listeners()).toBe(0);
  });

  test("that rejects after its call was given up is nobody's concern", async () => {
    const { opened, open } = gate();
    const { session } = await loadWith(() => opened.then(() => Promise.reject(new Error("late"))));
    await expect(session.labelAgent({}, { timeoutMs: 5 })).rejects.toMatchObject({ code: "TIMEOUT" });
    open();
  });

  test("that rejects for a call that never had its turn is nobody's concern", async () => {
    const { opened, open } = gate();
    let calls = 0;
    const { session } = await loadWith(() =>
      ++calls === 1 ? opened.then(() => ({ value: {} })) : Promise.reject(new Error("no")),
    );
    const first = session.labelAgent({});
    const controller = new AbortController();
    const second = session.labelAgent({}, { signal: controller.signal });
    controller.abort("stop");
    expect(await thrownBy(() => second)).toBe("stop");
    open();
    await first;
  });

  test("that is slow does not change the order of calls", async () => {
    const { opened, open } = gate();
    const { session, engine } = await loadWith(async (value) => {
      if (value === "slow") await opened;
      return { value };
    });
    const order: string[] = [];
    const running = [
      session.labelAgent("slow").then(() => order.push("slow")),
      session.labelResource(call).then(() => order.push("resource")),
      session.labelAgent("fast").then(() => order.push("fast")),
    ];
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(engine.events).toEqual(["compile"]);
    open();
    await Promise.all(running);
    expect(order).toEqual(["slow", "resource", "fast"]);
    expect(engine.calls.map(({ input }) => input)).toEqual([
      "slow",
      expect.objectContaining({ tool_name: call.name }),
      "fast",
    ]);
  });

  test("is asked once for each labelAgent, with the policy as it is", async () => {
    const validate = vi.fn((value: unknown) => ({ value }));
    const { session } = await loadWith(validate);
    const policy = { rules: [] };
    await session.labelAgent(policy);
    expect(validate).toHaveBeenCalledExactlyOnceWith(policy);
    expect(validate.mock.calls[0]?.[0]).toBe(policy);
  });
});
