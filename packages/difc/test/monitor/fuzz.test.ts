import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AdmittedCall, Outcome } from "../../src/monitor/call.js";
import type { ResponseLabels } from "../../src/response/response-labels.js";
import { forAllAsync } from "../support/arbitraries.js";
import { texts } from "../support/lay-out.js";
import { admit, ask, monitorOf, nothing } from "../support/run.js";

/** Keys and texts that have broken things elsewhere. */
const hostile = fc.constantFrom(
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "length",
  "toJSON",
  "then",
  "hasOwnProperty",
  "",
  "*",
  "/",
  "~",
  "~0",
  "~1",
  "/items",
  "/items/0",
  "/content/0",
  "-1",
  "00",
  "\u0000",
  "\ud800",
  "[Filtered]",
);
const word = fc.oneof({ weight: 3, arbitrary: hostile }, { weight: 1, arbitrary: fc.string() });
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, 0, -1, 1e308),
    word,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(word, tie("value")), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
  ),
})).value;

/** Something like what a guard would answer, with anything anywhere. */
const anyLabels = fc.oneof(
  json,
  fc.record(
    {
      kind: fc.oneof(fc.constantFrom("paths", "items", "unlabeled"), word),
      paths: fc.oneof(
        json,
        fc.array(fc.record({ path: fc.oneof(word, fc.constantFrom("/0", "/1", "/items/0")), labels: json })),
        fc.array(
          fc.record({
            path: fc.constantFrom(
              "",
              "/0",
              "/0",
              "/1",
              "/items/0",
              "/items/1",
              "/content/0",
              "/items/0/__proto__",
            ),
            labels: fc.record({ secrecy: fc.array(word), integrity: fc.array(word) }),
          }),
        ),
      ),
      items: fc.oneof(
        json,
        fc.array(fc.record({ labels: fc.record({ secrecy: fc.array(word), integrity: fc.array(word) }) })),
      ),
      defaults: fc.oneof(json, fc.record({ secrecy: fc.array(word), integrity: fc.array(word) })),
      itemsPath: fc.oneof(word, fc.constantFrom("/items", "/content", "")),
    },
    { requiredKeys: ["kind"] },
  ),
);
const anyResult = fc.oneof(
  json,
  json.map((value) => texts(value)),
  fc
    .tuple(json, json)
    .map(([one, other]) => ({ ...texts(one, { items: [one, other] }), structuredContent: other })),
  fc.tuple(json, word).map(([one, text]) => ({ content: [one, { type: "text", text }], [text]: one })),
);

/** Runs something under a lock on the prototype, which nothing may write to. */
async function unpolluted<T>(work: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyNames(Object.prototype).join();
  const outcome = await work();
  expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
  return outcome;
}

const isOutcome = (outcome: Outcome) =>
  outcome.isDelivered
    ? JSON.stringify(outcome.result) !== undefined
    : outcome.denial.forAgent.message !== "" && outcome.denial.forOperator.message !== "";

describe("whatever arrives", () => {
  test("a response ends in an outcome: no throw, and no write to a prototype", async () => {
    const monitor = await monitorOf({
      agent: { secrecy: ["a"], integrity: [] },
      options: { mode: "filter" },
    });
    const calls: AdmittedCall[] = [
      await admit(monitor, {}),
      await admit(monitor, { format: "document", tool: "get" }),
      await admit(monitor, { mode: "strict" }),
    ];
    await unpolluted(() =>
      forAllAsync(
        fc.asyncProperty(fc.constantFrom(...calls), anyResult, anyLabels, async (call, result, labels) =>
          isOutcome(await monitor.after(call, result, (labels ?? {}) as ResponseLabels)),
        ),
      ),
    );
  });

  test("a call ends in a decision", async () => {
    const monitor = await monitorOf({ options: { mode: "filter" } });
    await unpolluted(() =>
      forAllAsync(
        fc.asyncProperty(json, word, json, async (resource, operation, mode) => {
          const call = await ask(monitor, {
            resource: resource as never,
            operation: operation as never,
            ...(mode === null ? {} : { mode: mode as never }),
          });
          return call.isAdmitted || call.denial.forAgent.message !== "";
        }),
      ),
    );
  });

  test("an agent is labelled, or refused with a DifcError", async () => {
    const monitor = await monitorOf({});
    await unpolluted(() =>
      forAllAsync(
        fc.asyncProperty(word, json, json, async (key, agent, mode) => {
          try {
            await monitor.labelAgent(`x${key}`, { agent: agent as never, mode: mode as never });
            return true;
          } catch (error) {
            return (error as Error).name === "DifcError";
          }
        }),
      ),
    );
  });
});

describe("size costs no more than linear time", () => {
  const many = Array.from({ length: 100_000 }, (_, i) => i);
  const tags = many.map((i) => `tag${i}`);
  const entry = (path: string, secrecy: string[]) => ({ path, labels: { secrecy, integrity: [] } });

  test.each<[name: string, result: unknown, labels: ResponseLabels]>([
    [
      "items that share defaults of many tags",
      texts(many),
      { kind: "paths", paths: [], defaults: { secrecy: tags, integrity: tags } },
    ],
    [
      "items with a tag each",
      texts(many),
      { kind: "paths", paths: many.map((i) => entry(`/${i}`, [`tag${i}`])) },
    ],
    ["entries for one item", texts([0]), { kind: "paths", paths: many.map((i) => entry("/0", [`tag${i}`])) }],
    [
      "entries deep within one item",
      texts([{ a: [1] }]),
      { kind: "paths", paths: many.map((i) => entry("/0/a/0", [`tag${i}`])) },
    ],
    [
      "labels for items that are not there",
      texts("prose"),
      {
        kind: "items",
        items: many.map((i) => ({ labels: { secrecy: [`tag${i}`], integrity: tags.slice(0, 1) } })),
      },
    ],
    ["text blocks", texts(...many.map(() => [1])), { kind: "paths", paths: [] }],
    [
      "members around the items",
      texts({ ...Object.fromEntries(many.map((i) => [`m${i}`, i])), items: [1] }),
      { kind: "paths", itemsPath: "/items", paths: [] },
    ],
    ["a path of many steps", texts([1]), { kind: "paths", paths: [entry("/0".repeat(1_000_000), [])] }],
    [
      "whole responses with many entries and blocks",
      texts(...many.map(() => ({ a: 1 }))),
      { kind: "paths", paths: many.map(() => entry("/a", [])) },
    ],
    [
      "entries that add to defaults of many tags, each in an item of its own",
      texts(many.map((i) => ({ i }))),
      {
        kind: "paths",
        paths: many.map((i) => entry(`/${i}/i`, [`tag${i}`])),
        defaults: { secrecy: tags, integrity: tags },
      },
    ],
    [
      "whole responses with long paths that lead nowhere for long",
      texts(...Array.from({ length: 100 }, () => `{"a":${"[".repeat(250)}${"]".repeat(250)}}`)),
      { kind: "paths", paths: many.slice(0, 30_000).map(() => entry(`/a${"/0".repeat(250)}`, [])) },
    ],
    [
      "items once more around them",
      texts({ nodes: many.map((i) => ({ i })), edges: many.map((i) => ({ node: { i: -i - 1 } })) }),
      { kind: "paths", itemsPath: "/nodes", paths: [entry("/nodes/0", ["tag!"])] },
    ],
    ["backslashes", texts(`["${"\\\\".repeat(2_000_000)}"]`), { kind: "paths", paths: [] }],
  ])(
    "%s",
    async (_name, result, labels) => {
      // An agent of many tags: neither side may be looked through for each item.
      const agent = { secrecy: tags.map((tag) => `${tag}!`), integrity: tags.map((tag) => `${tag}!`) };
      for (const mode of ["filter", "propagate"] as const) {
        const monitor = await monitorOf({ agent, options: { mode } });
        const call = await admit(monitor, { resource: nothing });
        expect(isOutcome(await monitor.after(call, result, labels))).toBe(true);
      }
      // About ten times what it takes. Whatever is quadratic takes minutes.
    },
    20_000,
  );
});
