import fc from "fast-check";
import { expect, test } from "vitest";
import { type AgentState, labelsOf } from "../../src/agent/agent-state.js";
import { MemoryLabelStore } from "../../src/agent/memory-label-store.js";
import { evaluate } from "../../src/flow/evaluate.js";
import { Label } from "../../src/labels/label.js";
import { Monitor } from "../../src/monitor/monitor.js";
import type { ResponseLabels } from "../../src/response/response-labels.js";
import { forAllAsync } from "../support/arbitraries.js";

// The rules once more, as the specification puts them, and as far from the package's own code as possible: labels are
// the bits of a number, and everything is one loop. What the package says is compared with what this says.

const TAGS = ["a", "b", "c"];
const SETS = 8;
const MODES = ["strict", "filter", "propagate"] as const;
const OPERATIONS = ["read", "write", "read-write"] as const;

/** Secrecy and integrity as bits. */
interface Bits {
  s: number;
  i: number;
}
interface Question {
  mode: (typeof MODES)[number];
  operation: (typeof OPERATIONS)[number];
  resource: Bits;
  isReadOnly: boolean;
  isAcknowledged: boolean;
  items: Bits[];
  hasRest: boolean;
  hasSurroundings: boolean;
}
interface Answer {
  admitted: boolean;
  items: number[];
  rest: boolean;
  surroundings: boolean;
}

const within = (part: number, whole: number) => (part | whole) === whole;
const maySee = (agent: Bits, thing: Bits) => within(thing.s, agent.s) && within(agent.i, thing.i);
const mayTouch = (agent: Bits, thing: Bits) => within(agent.s, thing.s) && within(thing.i, agent.i);

/** What must become of a call; changes what is known of the agent. */
function judge(known: { s: number; granted: number; ceiling: number }, q: Question): Answer {
  const agent = { s: known.s, i: known.granted & known.ceiling };
  const nothing = { admitted: true, items: [], rest: false, surroundings: false };
  const lenient = q.mode === "propagate";

  let go = true;
  if (q.operation !== "write" && !lenient && !maySee(agent, q.resource)) go = false;
  if (!go && q.operation === "read" && q.isReadOnly) go = true;
  if (q.operation !== "read" && !mayTouch(agent, q.resource)) go = false;
  if (!go) return { ...nothing, admitted: false };

  const everything = q.items.reduce((sum, item) => ({ s: sum.s | item.s, i: sum.i & item.i }), q.resource);
  const mayHave = (thing: Bits, isItem: boolean) => {
    if (q.operation === "write") return q.isAcknowledged || lenient || within(thing.s, agent.s);
    if (!lenient && !maySee(agent, thing)) return false;
    return !isItem || q.operation === "read" || mayTouch(agent, thing);
  };
  const items = q.items.map((_, index) => index).filter((index) => mayHave(q.items[index] as Bits, true));
  const rest = q.hasRest && mayHave(q.resource, false);
  const surroundings = q.hasSurroundings && mayHave(everything, false);
  const isWhole = items.length === q.items.length && rest === q.hasRest && surroundings === q.hasSurroundings;
  if (q.mode === "strict" && !isWhole) return nothing;

  if (lenient && !(q.operation === "write" && q.isAcknowledged)) {
    const taken = items.map((index) => q.items[index] as Bits);
    if (rest) taken.push(q.resource);
    if (surroundings) taken.push(everything);
    for (const thing of taken) {
      known.s |= thing.s;
      if (q.operation !== "write") known.ceiling &= thing.i;
    }
  }
  return { admitted: true, items, rest, surroundings };
}

const tagsOf = (bits: number) => TAGS.filter((_, bit) => bits & (1 << bit));
const guardLabels = ({ s, i }: Bits) => ({ secrecy: tagsOf(s), integrity: tagsOf(i) });
const realLabels = ({ s, i }: Bits) => ({ secrecy: Label.from(tagsOf(s)), integrity: Label.from(tagsOf(i)) });

/** What the package makes of a call. */
async function ask(monitor: Monitor, q: Question): Promise<Answer> {
  const refused = { admitted: false, items: [], rest: false, surroundings: false };
  const call = await monitor.before({
    agent: "agent",
    tool: "list_things",
    resource: guardLabels(q.resource),
    operation: q.operation,
    mode: q.mode,
    isReadOnly: q.isReadOnly,
    writeResult: q.isAcknowledged ? "delivered" : "checked",
  });
  if (!call.isAdmitted) return refused;
  const document = { items: q.items.map((_, index) => ({ index })), ...(q.hasRest ? { note: "rest" } : {}) };
  const content = [{ type: "text", text: JSON.stringify(document) }];
  if (q.hasSurroundings) content.push({ type: "text", text: "prose" });
  const labels: ResponseLabels = {
    kind: "paths",
    itemsPath: "/items",
    paths: q.items.map((item, index) => ({ path: `/items/${index}`, labels: guardLabels(item) })),
  };
  const outcome = await monitor.after(call, { content }, labels);
  if (!outcome.isDelivered) return { ...refused, admitted: true };
  const blocks = (outcome.result as { content: { text: string }[] }).content.map(({ text }) => text);
  const { items, note } = JSON.parse(blocks[0] as string);
  return {
    admitted: true,
    items: items.map(({ index }: { index: number }) => index),
    rest: note === "rest",
    surroundings: blocks.includes("prose"),
  };
}

function* eachBits(): Generator<Bits> {
  for (let s = 0; s < SETS; s++) for (let i = 0; i < SETS; i++) yield { s, i };
}

/** What keeps an agent from an access, rule by rule. */
function violations(
  agent: Bits,
  resource: Bits,
  operation: Question["operation"],
  mode: Question["mode"],
): { rule: string; tags: string[] }[] {
  const lacking = [
    { rule: "read-integrity", bits: agent.i & ~resource.i },
    { rule: "read-secrecy", bits: resource.s & ~agent.s },
    { rule: "write-integrity", bits: resource.i & ~agent.i },
    { rule: "write-secrecy", bits: agent.s & ~resource.s },
  ];
  const counts = ({ rule }: { rule: string }) =>
    rule.startsWith("read") ? operation !== "write" && mode !== "propagate" : operation !== "read";
  return lacking
    .filter((one) => counts(one) && one.bits !== 0)
    .map(({ rule, bits }) => ({ rule, tags: tagsOf(bits) }));
}

test("evaluation agrees for all labels over three tags, all operations and all modes", () => {
  let compared = 0;
  const differences: unknown[] = [];
  for (const { agent, resource, operation, mode, isReadOnly, isAcknowledged } of eachCase()) {
    if (isReadOnly || isAcknowledged) continue;
    const sees = operation === "write" || maySee(agent, resource);
    const touches = operation === "read" || mayTouch(agent, resource);
    const price = mode === "propagate" ? "propagate" : "deny";
    const expected = !touches ? "deny" : sees ? "allow" : price;
    const decision = evaluate(realLabels(agent), realLabels(resource), operation, mode);
    const isRight =
      decision.kind === expected &&
      (decision.kind !== "deny" ||
        JSON.stringify(decision.violations) ===
          JSON.stringify(violations(agent, resource, operation, mode))) &&
      (decision.kind !== "propagate" ||
        (decision.secrecyToAdd.join() === tagsOf(resource.s & ~agent.s).join() &&
          decision.integrityToDrop.join() === tagsOf(agent.i & ~resource.i).join()));
    if (!isRight) differences.push({ agent, resource, operation, mode, expected, decision });
    compared++;
  }
  expect(differences).toEqual([]);
  expect(compared).toBe(8 ** 4 * 9);
});

/**
 * Every agent, resource, mode and operation; and, where that matters, whether the tool is known to be read-only, and whether
 * what it answers is an acknowledgement.
 */
function* eachCase() {
  for (const agent of eachBits())
    for (const resource of eachBits())
      for (const mode of MODES)
        for (const operation of OPERATIONS)
          for (const isReadOnly of operation === "read" ? [true, false] : [false])
            for (const isAcknowledged of operation === "write" ? [true, false] : [false])
              yield { agent, resource, mode, operation, isReadOnly, isAcknowledged };
}

test("the monitor agrees for all labels of agent and resource over three tags", async () => {
  let compared = 0;
  const differences: unknown[] = [];
  for (const { agent, ...call } of eachCase()) {
    const store = new MemoryLabelStore();
    const monitor = new Monitor({ mode: call.mode, store });
    await monitor.labelAgent("agent", { agent: guardLabels(agent), mode: call.mode });
    // An item that is like its resource, and one that every agent may have.
    const q = { ...call, items: [call.resource, { s: 0, i: 7 }], hasRest: true, hasSurroundings: false };
    const known = { s: agent.s, granted: agent.i, ceiling: 7 };
    const expected = judge(known, q);
    const actual = await ask(monitor, q);
    const state = labelsOf(store.read("agent") as AgentState);
    const isRight =
      JSON.stringify(actual) === JSON.stringify(expected) &&
      JSON.stringify(state) === JSON.stringify(realLabels({ s: known.s, i: known.granted & known.ceiling }));
    if (!isRight) differences.push({ agent, q, expected, actual, state });
    compared++;
  }
  expect(differences).toEqual([]);
  expect(compared).toBe(8 ** 4 * 15);
});

const anyBits: fc.Arbitrary<Bits> = fc.record({ s: fc.nat(SETS - 1), i: fc.nat(SETS - 1) });
const anyQuestion: fc.Arbitrary<Question> = fc.record({
  mode: fc.constantFrom(...MODES),
  operation: fc.constantFrom(...OPERATIONS),
  resource: anyBits,
  isReadOnly: fc.boolean(),
  isAcknowledged: fc.boolean(),
  items: fc.array(anyBits, { maxLength: 4 }),
  hasRest: fc.boolean(),
  hasSurroundings: fc.boolean(),
});
/** A step of a session: a guard labels the agent once more, or the agent makes a call. */
const anyStep = fc.oneof(
  { weight: 1, arbitrary: anyBits.map((grant) => ({ grant })) },
  { weight: 4, arbitrary: anyQuestion.map((question) => ({ question })) },
);

test("the monitor agrees over whole sessions", async () => {
  await forAllAsync(
    fc.asyncProperty(anyBits, fc.array(anyStep, { maxLength: 6 }), async (first, steps) => {
      const store = new MemoryLabelStore();
      const monitor = new Monitor({ mode: "propagate", store });
      await monitor.labelAgent("agent", { agent: guardLabels(first), mode: "propagate" });
      const known = { s: first.s, granted: first.i, ceiling: 7 };
      for (const step of steps) {
        if ("grant" in step) {
          await monitor.labelAgent("agent", { agent: guardLabels(step.grant), mode: "propagate" });
          known.s |= step.grant.s;
          known.granted |= step.grant.i;
        } else {
          const expected = judge(known, step.question);
          if (JSON.stringify(await ask(monitor, step.question)) !== JSON.stringify(expected)) return false;
        }
        const expected = realLabels({ s: known.s, i: known.granted & known.ceiling });
        const actual = labelsOf(store.read("agent") as AgentState);
        if (JSON.stringify(actual) !== JSON.stringify(expected)) return false;
      }
      return true;
    }),
  );
});
