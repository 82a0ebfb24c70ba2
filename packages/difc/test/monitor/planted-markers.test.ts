import fc from "fast-check";
import { test } from "vitest";
import type { LabelsInput } from "../../src/labels/read-labels.js";
import type { Outcome } from "../../src/monitor/call.js";
import type { ResponseLabels } from "../../src/response/response-labels.js";
import { forAllAsync } from "../support/arbitraries.js";
import { run, type Scenario, shownBy } from "../support/run.js";

// Every item has a marker in its data, one in its description and one among its secrecy tags, and so has what stands
// around the items. Then the search is for markers in what the agent sees.

const SHARED = ["a", "b"];
const LEVELS = ["i", "j"];

/** Labels of something, as small sets; `own` is a secrecy tag that nothing else has and no agent is cleared for. */
interface Plan {
  secrecy: string[];
  integrity: string[];
  isOwn: boolean;
}
interface Sample {
  agent: { secrecy: string[]; integrity: string[] };
  resource: Plan;
  items: {
    plan: Plan;
    nested: Plan | undefined;
    twice: Plan | undefined;
    isUnlabelled: boolean;
    value: unknown;
  }[];
  defaults: Plan | undefined;
  path: string[];
  /** Whether the document holds the items once more, like the edges of a GraphQL connection. */
  hasEdges: boolean;
  shape: "text" | "structured" | "both" | "twice" | "document" | "blocks";
  format: "paths" | "items";
  mode: "strict" | "filter" | "propagate";
  operation: "read" | "read-write";
  secrecyNotices: "count" | "none";
  tool: string;
}

const anyPlan: fc.Arbitrary<Plan> = fc.record({
  secrecy: fc.subarray(SHARED),
  integrity: fc.subarray(LEVELS),
  isOwn: fc.boolean(),
});
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const anySample: fc.Arbitrary<Sample> = fc.record({
  agent: fc.record({ secrecy: fc.subarray(SHARED), integrity: fc.subarray(LEVELS) }),
  resource: anyPlan,
  items: fc.array(
    fc.record({
      plan: anyPlan,
      nested: sometimes(anyPlan),
      twice: sometimes(anyPlan),
      isUnlabelled: fc.boolean(),
      value: fc.jsonValue({ maxDepth: 2 }),
    }),
    { maxLength: 4 },
  ),
  defaults: sometimes(anyPlan),
  path: fc.constantFrom([], ["items"], ["data", "search", "nodes"], ["a/b", "~"], ["__proto__"]),
  hasEdges: fc.boolean(),
  shape: fc.constantFrom("text", "structured", "both", "twice", "document", "blocks"),
  format: fc.constantFrom("paths", "items"),
  mode: fc.constantFrom("strict", "filter", "propagate"),
  operation: fc.constantFrom("read", "read-write"),
  secrecyNotices: fc.constantFrom("count", "none"),
  tool: fc.constantFrom("list_things", "get_thing"),
});

const marker = (kind: string, index: number | string) => `<${kind}${index}>`;
const labelsFor = (plan: Plan, index: number | string): LabelsInput => ({
  description: marker("description", index),
  secrecy: [...plan.secrecy, ...(plan.isOwn ? [marker("tag", index)] : [])],
  integrity: plan.integrity,
});

/** The array at its path, with other members on the way, all of which say `rest`. */
function documentOf(items: unknown[], { path, hasEdges }: Sample, rest: string | undefined): unknown {
  const edges = hasEdges ? [["edges", items.map((node) => ({ node }))]] : [];
  return path.reduceRight<unknown>(
    (inner, key) =>
      Object.fromEntries([
        ...(rest === undefined ? [] : [["note", rest], ["total_count", items.length], ...edges]),
        [key, inner],
      ]),
    items,
  );
}

function resultFor(sample: Sample, data: unknown[]): { result: unknown; rest: string; around: string } {
  const rest = marker("data", "rest");
  const around = marker("data", "around");
  const document = documentOf(data, sample, rest);
  const text = (value: unknown) => ({ type: "text", text: JSON.stringify(value), _meta: { around } });
  const result = {
    text: { content: [{ type: "text", text: around }, text(document)], isError: true },
    structured: { content: [], structuredContent: document, _meta: { around } },
    both: { content: [text(document)], structuredContent: document },
    twice: {
      content: [text(document), text(documentOf(data, sample, undefined))],
      structuredContent: document,
    },
    document,
    blocks: { content: data.map((value) => text(value)), structuredContent: { list: data, around } },
  }[sample.shape];
  return { result, rest, around };
}

function scenarioFor(sample: Sample): Scenario {
  const { items, shape, format, mode, secrecyNotices } = sample;
  const data = items.map(({ value }, i) => ({ deep: [{ text: `${marker("data", i)} and more` }], value }));
  const { result } = resultFor(sample, data);
  const path = shape === "blocks" ? ["content"] : sample.path;
  const pointer = path.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  const inside = shape === "blocks" ? "/_meta/around" : "/deep/0/text";
  const byPath: ResponseLabels = {
    kind: "paths",
    itemsPath: pointer,
    ...(sample.defaults === undefined ? {} : { defaults: labelsFor(sample.defaults, "defaults") }),
    paths: items.flatMap(({ plan, nested, twice, isUnlabelled }, i) => [
      ...(nested === undefined ? [] : [{ path: `${pointer}/${i}${inside}`, labels: labelsFor(nested, i) }]),
      ...(isUnlabelled ? [] : [{ path: `${pointer}/${i}`, labels: labelsFor(plan, i) }]),
      ...(twice === undefined ? [] : [{ path: `${pointer}/${i}`, labels: labelsFor(twice, i) }]),
    ]),
  };
  const byPosition: ResponseLabels = {
    kind: "items",
    items: items.map(({ plan, isUnlabelled }, i) => (isUnlabelled ? {} : { labels: labelsFor(plan, i) })),
  };
  return {
    agent: sample.agent,
    resource: labelsFor(sample.resource, "resource"),
    operation: sample.operation,
    tool: sample.tool,
    format: shape === "document" ? "document" : "tool-result",
    options: { mode, secrecyNotices },
    result,
    labels: format === "paths" ? byPath : byPosition,
  };
}

/** All that anybody has said about an item, by the rules of the specification. */
function plansOf(sample: Sample, index: number): Plan[] {
  const { plan, nested, twice, isUnlabelled } = sample.items[index] as Sample["items"][number];
  if (sample.format === "items") return [isUnlabelled ? sample.resource : plan];
  const exact = [...(isUnlabelled ? [] : [plan]), ...(twice === undefined ? [] : [twice])];
  const base = exact.length > 0 ? exact : [sample.defaults ?? sample.resource];
  return [...base, ...(nested === undefined ? [] : [nested])];
}

const isCleared = ({ agent }: Sample, plans: readonly Plan[]) =>
  plans.every(({ isOwn, secrecy }) => !isOwn && secrecy.every((tag) => agent.secrecy.includes(tag)));
const isTrusted = ({ agent }: Sample, plans: readonly Plan[]) =>
  plans.every(({ integrity }) => agent.integrity.every((tag) => integrity.includes(tag)));

/** Runs a sample, if its call is admitted at all. */
async function outcomeOf(sample: Sample): Promise<Outcome | undefined> {
  try {
    return await run(scenarioFor(sample));
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("denied")) return undefined;
    throw error;
  }
}

const indices = ({ items }: Sample) => items.map((_, i) => i);

interface Observed {
  readonly sample: Sample;
  /** What the agent sees. */
  readonly shown: string;
  /** Indices of items that were reported as withheld. */
  readonly withheld: readonly (string | undefined)[];
}

const hides = (shown: string, index: number | string, ...kinds: readonly string[]) =>
  kinds.every((kind) => !shown.includes(marker(kind, index)));
const mayRead = (sample: Sample, plans: readonly Plan[]) =>
  isCleared(sample, plans) && isTrusted(sample, plans);
/** Where nothing may be read that the agent's labels do not allow already. */
const isFirm = ({ mode }: Sample) => mode !== "propagate";

/** What has to hold of every outcome; each claim judges by the sample's plans, not by what the package says. */
const claims: Readonly<Record<string, (observed: Observed) => boolean>> = {
  "no text, tag or description of an item that the agent is not cleared for": ({ sample, shown }) =>
    !isFirm(sample) ||
    indices(sample).every(
      (i) => isCleared(sample, plansOf(sample, i)) || hides(shown, i, "data", "description", "tag"),
    ),
  "no text of an item that is not trusted enough": ({ sample, shown }) =>
    !isFirm(sample) ||
    indices(sample).every((i) => isTrusted(sample, plansOf(sample, i)) || hides(shown, i, "data")),
  // What stands around the items may say them again: to agents that may read them, if not write to them, and to those that
  // are tainted by it.
  "no text of an item that is withheld, also when propagating": ({ sample, shown, withheld }) => {
    const isSaidAgain = sample.shape === "blocks" || sample.hasEdges;
    const mayKnow = (i: number) => !isFirm(sample) || mayRead(sample, plansOf(sample, i));
    return indices(sample).every(
      (i) => !withheld.includes(String(i)) || (isSaidAgain && mayKnow(i)) || hides(shown, i, "data"),
    );
  },
  "no description of one that the agent was not cleared for, also when propagating": (observed) => {
    const { sample, shown, withheld } = observed;
    return indices(sample).every(
      (i) =>
        !withheld.includes(String(i)) ||
        isCleared(sample, plansOf(sample, i)) ||
        hides(shown, i, "description", "tag"),
    );
  },
  "nothing around the items unless the agent may read the resource": ({ sample, shown }) =>
    !isFirm(sample) ||
    sample.format === "items" ||
    ((mayRead(sample, [sample.resource]) || hides(shown, "rest", "data")) &&
      (isCleared(sample, [sample.resource]) || hides(shown, "resource", "description", "tag"))),
  "nothing of the surroundings unless it may read all of the response": ({ sample, shown }) => {
    if (!isFirm(sample) || sample.format === "items" || sample.shape === "blocks") return true;
    const all = [sample.resource, ...indices(sample).flatMap((i) => plansOf(sample, i))];
    return mayRead(sample, all) || hides(shown, "around", "data");
  },
};

test("of what is withheld, nothing shows", async () => {
  await forAllAsync(
    fc.asyncProperty(anySample, async (sample) => {
      const outcome = await outcomeOf(sample);
      if (outcome === undefined) return;
      const items = outcome.withheld.filter(({ what }) => what === "item");
      const withheld = items.map(({ path }) => path?.split("/").at(-1));
      const observed: Observed = { sample, shown: shownBy(outcome), withheld };
      const broken = Object.entries(claims).filter(([, holds]) => !holds(observed));
      if (broken.length > 0) throw new Error(broken.map(([claim]) => claim).join("; "));
    }),
  );
});

test("filter delivers exactly the items that strict would allow one by one", async () => {
  await forAllAsync(
    fc.asyncProperty(anySample, fc.nat(), async (sample, which) => {
      const filtering: Sample = {
        ...sample,
        mode: "filter",
        operation: "read",
        shape: sample.shape === "blocks" ? "text" : sample.shape,
        tool: "list_things",
        format: "paths",
      };
      const index = which % Math.max(filtering.items.length, 1);
      const item = filtering.items[index];
      if (item === undefined) return true;
      const shown = shownBy((await outcomeOf(filtering)) as Outcome);
      const alone: Sample = { ...filtering, mode: "strict", shape: "document", path: [], items: [item] };
      const outcome = (await outcomeOf(alone)) as Outcome;
      return outcome.isDelivered === !hides(shown, index, "data");
    }),
  );
});
