import { describe, expect, test } from "vitest";
import { type AgentState, labelsOf } from "../../src/agent/agent-state.js";
import { MemoryLabelStore } from "../../src/agent/memory-label-store.js";
import type { Operation } from "../../src/flow/operation.js";
import { noopGuard } from "../../src/guards/no-op-guard.js";
import { effectivePolicy, policyKind } from "../../src/guards/policy-kind.js";
import { parseWriteSinkPolicy } from "../../src/guards/write-sink-policy.js";
import { Monitor } from "../../src/monitor/monitor.js";
import { toToolResult } from "../../src/notice/denial.js";
import type { ResponseLabels } from "../../src/response/response-labels.js";
import { paths, texts } from "../support/lay-out.js";
import {
  admit,
  ask,
  monitorOf,
  nothing,
  resultOf,
  run,
  type Scenario,
  shownBy,
  unlabeled,
} from "../support/run.js";
import { errorOf } from "../support/thrown-by.js";

// One test for each weakness of the reference that is this package's to mend, by its number in section 6 of the
// specification. Where data could get past the policy there, the tests look for it here.

const MARKER = "the-secret";
const secret = { secrecy: ["private:o/r"], integrity: [] };
const inFilter = { options: { mode: "filter" } } as const;
const byPosition = (...items: readonly (typeof nothing)[]): ResponseLabels => ({
  kind: "items",
  items: items.map((labels) => ({ labels })),
});

/** Nothing of the secret may show, whatever else happens. */
async function expectWithheld(scenario: Scenario) {
  const outcome = await run(scenario);
  expect(shownBy(outcome)).not.toContain(MARKER);
  return outcome;
}

describe.each(["strict", "filter"] as const)("in mode %s, a coarse denial is never forgotten", (mode) => {
  const scenario = { options: { mode }, resource: secret } as const;

  test("W1: a guard that says nothing of the response does not release it", async () => {
    const outcome = await expectWithheld({ ...scenario, result: texts(MARKER), labels: unlabeled });
    expect(outcome).toMatchObject({ isDelivered: false, denial: { code: "flow" } });
  });

  test.each([texts([MARKER]), { content: [] }, [MARKER], MARKER])(
    "W2: nor does it when it cannot read its input: %j",
    async (result) => {
      expect((await expectWithheld({ ...scenario, result, labels: unlabeled })).isDelivered).toBe(false);
    },
  );

  test.each([
    { isError: true, ...texts(`rate limit exceeded: ${MARKER}`) },
    { isError: true, ...texts(`API error 403: secondary rate limit, ${MARKER}`) },
  ])("W10: nor is an error result an exception", async (result) => {
    expect((await expectWithheld({ ...scenario, result, labels: unlabeled })).isDelivered).toBe(false);
  });

  test.each(["PK\u0003\u0004", MARKER, "", "<html>"])(
    "W11: nor is a body that is no JSON: %j",
    async (result) => {
      const outcome = await expectWithheld({ ...scenario, format: "document", result, labels: unlabeled });
      expect(outcome.isDelivered).toBe(false);
    },
  );
});

test("W3: an empty list of items releases nothing", async () => {
  const labels: ResponseLabels = { kind: "items", items: [] };
  for (const result of [texts(MARKER), texts({ title: MARKER })]) {
    expect(await expectWithheld({ result, labels })).toMatchObject({ denial: { code: "hidden" } });
  }
  const emptied = await expectWithheld({ result: texts([MARKER, MARKER]), labels });
  expect(resultOf(emptied)).toMatchObject({ content: [{ text: "[]" }, { text: expect.any(String) }] });
});

describe("W4: malformed labels do not degrade to public", () => {
  test.each<[name: string, labels: unknown]>([
    ["no list of entries", { kind: "paths", paths: null }],
    ["an entry that fits nothing", paths({ "/0": "private:o/r", "/9": "" })],
    [
      "tags that are no list",
      { kind: "paths", paths: [{ path: "/0", labels: { secrecy: "s", integrity: [] } }] },
    ],
    [
      "tags that are no strings",
      { kind: "paths", paths: [{ path: "/0", labels: { secrecy: [1], integrity: [] } }] },
    ],
  ])("%s", async (_name, labels) => {
    const outcome = await expectWithheld({ result: texts([MARKER]), labels: labels as ResponseLabels });
    expect(outcome).toMatchObject({ isDelivered: false, denial: { code: "labels" } });
  });

  test("an item without entry and defaults has the resource's labels", async () => {
    const labels = paths({ "/0": "" });
    const outcome = await expectWithheld({
      ...inFilter,
      resource: secret,
      result: texts(["open", MARKER]),
      labels,
    });
    expect(resultOf(outcome)).toMatchObject({
      content: [{ text: '["open"]' }, { text: expect.any(String) }],
    });
  });
});

test("W5: a later entry, or one for something in it, does not make an item public", async () => {
  const result = texts([{ title: MARKER }]);
  for (const later of ["/0", "/0/title"]) {
    const labels = paths([
      ["/0", "private:o/r"],
      [later, ""],
    ]);
    await expectWithheld({ ...inFilter, result, labels });
  }
  await expectWithheld({ ...inFilter, resource: secret, result, labels: paths({ "/0/title": "" }) });
});

describe("W6, W7, W61: an agent that no guard has labelled may do nothing", () => {
  test("because its guard did not load, or has no policy, or has not been asked yet", async () => {
    const call = await ask(new Monitor(), { resource: nothing, operation: "read" });
    expect(call).toMatchObject({ isAdmitted: false, denial: { code: "unknown-agent" } });
  });

  test("having no guard is a decision: the no-op guard has to be asked like any other", async () => {
    const monitor = new Monitor();
    await monitor.labelAgent("agent", noopGuard.labelAgent());
    expect(await ask(monitor, noopGuard.labelResource({ name: "t" }))).toMatchObject({ isAdmitted: true });
  });

  test("a policy of no known kind is an error", () => {
    expect(errorOf(() => policyKind({ "allow-onyl": {} })).code).toBe("POLICY");
  });
});

test("W8: a read of what may not be read is made only with a tool that is known to be read-only", async () => {
  const scenario = { ...inFilter, resource: secret };
  const monitor = await monitorOf(scenario);
  expect(await ask(monitor, { ...scenario, isReadOnly: false })).toMatchObject({ isAdmitted: false });
  expect(await ask(monitor, { ...scenario, isReadOnly: true })).toMatchObject({
    isAdmitted: true,
    coarse: "bypassed",
  });
  const request = { agent: "agent", tool: "delete_all", resource: secret, operation: "read" } as const;
  for (const isReadOnly of [undefined, "false", 1, {}]) {
    expect(await monitor.before({ ...request, isReadOnly: isReadOnly as boolean })).toMatchObject({
      isAdmitted: false,
    });
  }
});

test("W9: prompts, resources and notifications pass the same monitor", async () => {
  const monitor = await monitorOf(inFilter);
  const call = await admit(monitor, { resource: secret, format: "document" });
  for (const result of [
    { messages: [{ role: "user", content: { type: "text", text: MARKER } }] },
    { contents: [{ uri: "file:///x", text: MARKER }] },
    { progressToken: 1, progress: 0.5, message: MARKER },
  ]) {
    expect(shownBy(await monitor.after(call, result, unlabeled))).not.toContain(MARKER);
  }
});

describe("W12: text blocks are documents of their own", () => {
  const labels = paths({ "/0": "" });

  test("a second block is not covered by labels for the first", async () => {
    const outcome = await expectWithheld({
      ...inFilter,
      resource: secret,
      result: texts(["open"], MARKER),
      labels,
    });
    expect(resultOf(outcome)).toMatchObject({
      content: [{ text: '["open"]' }, { text: expect.any(String) }],
    });
  });

  test("nor is it by a label for all of the first, or by the only label that there is", async () => {
    const result = texts({ title: "open" }, MARKER);
    for (const all of [
      paths({ "": "" }),
      paths({}, { defaults: "" }),
      byPosition(nothing as typeof secret),
    ]) {
      const outcome = await expectWithheld({ ...inFilter, resource: secret, result, labels: all });
      expect(outcome.isDelivered).toBe(false);
    }
  });

  test("two blocks that the labels fit, and that differ, are an error", async () => {
    expect(await expectWithheld({ result: texts(["open"], [MARKER]), labels })).toMatchObject({
      denial: { code: "labels" },
    });
  });
});

describe("W13: what is withheld for secrecy is not described to the agent", () => {
  const described = { ...secret, description: MARKER };
  const agent = { secrecy: [], integrity: ["approved"] };

  test("in denials of calls", async () => {
    for (const operation of ["read", "write", "read-write"] as const) {
      const scenario = {
        ...inFilter,
        agent,
        operation,
        resource: { ...described, integrity: ["the-secret:x"] },
      };
      const call = await ask(await monitorOf(scenario), { ...scenario, isReadOnly: false });
      if (call.isAdmitted) throw new Error("admitted");
      const shown = JSON.stringify([call.denial.forAgent, toToolResult(call.denial)]);
      expect(shown).not.toContain(MARKER);
      expect(shown).not.toContain("o/r");
      expect(JSON.stringify(call.denial.forOperator)).toContain(MARKER);
    }
  });

  test.each(["strict", "filter"] as const)("in notices and refusals, in mode %s", async (mode) => {
    const labels = byPosition(described, { ...described, secrecy: ["private:o/r", "x"] });
    for (const secrecyNotices of ["count", "none"] as const) {
      const options = { mode, secrecyNotices };
      const outcome = await expectWithheld({ agent, options, result: texts([MARKER, MARKER]), labels });
      expect(shownBy(outcome)).not.toMatch(/o\/r|private/);
      expect(shownBy(outcome).includes("2 items")).toBe(secrecyNotices === "count");
    }
  });

  test("what is withheld for integrity alone may be", async () => {
    const labels = byPosition({ secrecy: [], integrity: [], description: "issue o/r#7" } as typeof nothing);
    expect(shownBy(await run({ ...inFilter, agent, result: texts(["x"]), labels }))).toContain("issue o/r#7");
  });
});

test("W14, W15: keys of agents show nowhere", async () => {
  const key = "Bearer the-secret";
  const monitor = new Monitor({ mode: "filter" });
  const call = { agent: key, tool: "list_x", resource: secret, operation: "read" } as const;
  const outcomes: unknown[] = [await monitor.before(call)];
  await monitor.labelAgent(key, { agent: nothing, mode: "filter" });
  outcomes.push(await monitor.before(call));
  const admitted = await monitor.before({ ...call, isReadOnly: true });
  if (!admitted.isAdmitted) throw new Error("denied");
  outcomes.push(await monitor.after(admitted, texts([1]), byPosition(secret)));
  outcomes.push(await monitor.after(admitted, texts([1]), paths({ "/7": "" })));
  expect(JSON.stringify(outcomes)).not.toContain(MARKER);
});

describe("W16: what is delivered is accumulated, each item for itself", () => {
  const store = new MemoryLabelStore();
  const agent = { secrecy: [], integrity: ["approved"] };
  const approved = { secrecy: [], integrity: ["approved"] };
  const state = () => labelsOf(store.read("agent") as AgentState);

  test("an empty collection changes nothing", async () => {
    await run({ agent, options: { store }, result: texts([]), labels: byPosition() });
    await run({ agent, options: { store }, result: texts([]), labels: paths({}) });
    expect(state().integrity.tags).toEqual(["approved"]);
  });

  test("what is withheld changes nothing", async () => {
    const labels = byPosition(approved, { secrecy: ["s"], integrity: ["merged"] });
    const outcome = await run({
      agent,
      options: { store },
      operation: "read-write",
      result: texts([1, 2]),
      labels,
    });
    expect(outcome.withheld).toHaveLength(1);
    expect(state()).toMatchObject({ secrecy: { tags: [] }, integrity: { tags: ["approved"] } });
  });

  test("one item of low integrity is not hidden by another of high integrity", async () => {
    await run({ agent, options: { store }, result: texts([1, 2]), labels: byPosition(approved, nothing) });
    expect(state().integrity.tags).toEqual([]);
  });

  test("W17: and labelling the agent again does not bring it back", async () => {
    await run({ agent, options: { store }, result: texts([1]), labels: byPosition(nothing) });
    const monitor = new Monitor({ store });
    const { labels } = await monitor.labelAgent("agent", { agent: approved, mode: "propagate" });
    expect(labels.integrity.tags).toEqual([]);
    await monitor.labelAgent("agent", { agent: { secrecy: [], integrity: ["merged"] }, mode: "propagate" });
    expect(state().integrity.tags).toEqual([]);
  });
});

test("W18: a guard cannot loosen the operator's mode", async () => {
  for (const mode of ["filter", "propagate"] as const) {
    const monitor = new Monitor({ mode: "strict" });
    expect(await monitor.labelAgent("agent", { agent: nothing, mode })).toMatchObject({ mode: "strict" });
    expect(await ask(monitor, { mode, resource: nothing })).toMatchObject({ mode: "strict" });
  }
  const relaxed = new Monitor({ mode: "strict", modeAuthority: "guard" });
  expect(await relaxed.labelAgent("agent", { agent: nothing, mode: "propagate" })).toMatchObject({
    mode: "propagate",
  });
});

describe("W19: a guard cannot use the wildcard", () => {
  const wildcards = [
    { secrecy: ["*"], integrity: [] },
    { secrecy: [], integrity: ["*"] },
  ];

  test.each(wildcards)("%j for an agent, a resource, an item, or as defaults", async (labels) => {
    const monitor = await monitorOf({});
    await expect(monitor.labelAgent("agent", { agent: labels, mode: "strict" })).rejects.toMatchObject({
      code: "INVALID_LABELS",
    });
    expect(await ask(monitor, { resource: labels })).toMatchObject({ denial: { code: "labels" } });
    const fine: ResponseLabels[] = [
      byPosition(labels),
      { kind: "paths", paths: [{ path: "/0", labels }] },
      { kind: "paths", paths: [], defaults: labels },
    ];
    for (const one of fine) {
      expect(await expectWithheld({ result: texts([MARKER]), labels: one })).toMatchObject({
        denial: { code: "labels" },
      });
    }
  });

  test("a sink's configuration can", () => {
    const { accept } = parseWriteSinkPolicy({ "write-sink": { accept: ["*"] } });
    expect(accept.has("anything")).toBe(true);
  });
});

test("W20: an operation that is none of the three is denied", async () => {
  const monitor = await monitorOf({});
  for (const operation of ["READ", "list", "", null, undefined, "__proto__"]) {
    expect(await ask(monitor, { operation: operation as Operation })).toMatchObject({
      denial: { code: "operation" },
    });
  }
});

test("W21: what a server says of its own tools is no knowledge", async () => {
  const monitor = await monitorOf(inFilter);
  const annotated = { annotations: { readOnlyHint: true }, readOnlyHint: true, resource: secret };
  const call = await monitor.before({ agent: "agent", tool: "t", operation: "read", ...annotated });
  expect(call).toMatchObject({ isAdmitted: false });
});

test("W40: an item without labels is the resource's, and crashes nothing", async () => {
  const labels: ResponseLabels = { kind: "items", items: [{}, { labels: nothing }] };
  const outcome = await expectWithheld({
    ...inFilter,
    resource: secret,
    result: texts([MARKER, "open"]),
    labels,
  });
  expect(resultOf(outcome)).toMatchObject({ content: [{ text: '["open"]' }, { text: expect.any(String) }] });
});

test("W46: what a sink accepts is used as it was checked, trimmed", () => {
  expect(parseWriteSinkPolicy({ "write-sink": { accept: [" private:o/r "] } }).accept.tags).toEqual([
    "private:o/r",
  ]);
});

test("W49: a policy for all servers does not turn a sink into something else", () => {
  const sink = { "Write-Sink": { accept: ["*"] } };
  const override = { "allow-only": { repos: "all", "min-integrity": "none" } };
  expect(effectivePolicy(override, sink)).toBe(sink);
  expect(effectivePolicy(override, { allowonly: {} })).toBe(override);
});

test("W50: filtering keeps the envelope, and treats structured content as the text that mirrors it", async () => {
  const document = { total_count: 2, incomplete_results: false, items: ["open", MARKER] };
  const result = {
    content: [{ type: "text", text: JSON.stringify(document), annotations: { priority: 1 } }],
    structuredContent: document,
    isError: false,
    _meta: { trace: 1 },
  };
  const labels = paths({ "/items/1": "private:o/r" }, { itemsPath: "/items" });
  const kept = { total_count: 1, incomplete_results: false, items: ["open"] };
  const outcome = await expectWithheld({ ...inFilter, result, labels });
  // The guard has told nothing else in the result from the secret item.
  expect(resultOf(outcome)).toEqual({
    content: [
      { type: "text", text: JSON.stringify(kept) },
      { type: "text", text: expect.any(String) },
    ],
    structuredContent: kept,
    isError: false,
  });
  expect(resultOf(await run({ ...inFilter, result, labels, agent: secret }))).toEqual(result);
});

test("W52: a denial is a tool result that is an error", async () => {
  const call = await ask(await monitorOf(inFilter), { resource: secret, isReadOnly: false });
  if (call.isAdmitted) throw new Error("admitted");
  expect(toToolResult(call.denial)).toEqual({
    content: [{ type: "text", text: expect.any(String) }],
    isError: true,
  });
});

test("W53: a refusal after a write says that it has happened", async () => {
  for (const operation of ["write", "read-write"] as const) {
    const scenario = { operation, result: texts([1]), labels: paths({ "/9": "" }) };
    expect(await run(scenario)).toMatchObject({
      denial: { isExecuted: true, forAgent: { message: expect.stringContaining("must not be repeated") } },
    });
  }
});

test("W60: paths are read as RFC 6901 says", async () => {
  for (const path of ["0", "/00", "/+0", "//0", "/0/"]) {
    expect(await run({ result: texts([1]), labels: paths({ [path]: "" }) })).toMatchObject({
      denial: { code: "labels" },
    });
  }
});
