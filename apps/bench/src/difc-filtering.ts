/**
 * What the monitor costs: milliseconds of processor time to label and filter a response of 100,000 items, for each shape of
 * labels, and for two sizes of it, whose ratio shows that time is linear. Fails when a response takes more than a second.
 *
 *   node dist/difc-filtering.js [--rounds 11]
 */
import { parseArgs } from "node:util";
import { Monitor, type ResponseLabels } from "@guardhost/difc";
import { quantile } from "./statistics.js";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "11" } } });
const rounds = Number(values.rounds);
const ITEMS = 100_000;
const MAX_MILLISECONDS = 1000;

interface Response {
  result: object;
  labels: ResponseLabels;
}
const open = { secrecy: [], integrity: ["approved"] };
/** Labels by which every other item is withheld. */
const labelsOf = (index: number) =>
  index % 2 === 0 ? { secrecy: [`private:owner/${index % 100}`], integrity: ["approved"] } : open;
const issue = (index: number) => ({ number: index, title: `issue ${index}`, body: "x".repeat(40) });

const shapes: Record<string, (count: number) => Response> = {
  "an entry for each item": (count) => ({ result: asText(search(count)), labels: byPath(count) }),
  "an entry for a hundred": (count) => ({ result: asText(search(count)), labels: byPath(100) }),
  "labels by position": (count) => ({
    result: asText(search(count)),
    labels: { kind: "items", items: list(count, (i) => ({ labels: labelsOf(i) })) },
  }),
  "structured content as well": (count) => ({
    result: { ...asText(search(count)), structuredContent: search(count) },
    labels: byPath(count),
  }),
  "nodes and edges": (count) => ({
    result: asText({ ...search(count), edges: list(count, (i) => ({ node: issue(i) })) }),
    labels: byPath(count),
  }),
};

for (const [shape, make] of Object.entries(shapes)) {
  const milliseconds = await medianOf(make(ITEMS));
  const tenth = await medianOf(make(ITEMS / 10));
  if (milliseconds > MAX_MILLISECONDS) process.exitCode = 1;
  const timesTheTenth = Number((milliseconds / tenth).toFixed(1));
  console.log(JSON.stringify({ shape, milliseconds: Math.round(milliseconds), timesTheTenth }));
}

async function medianOf(response: Response): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await timeOf(response));
  return quantile(times, 0.5);
}

async function timeOf({ result, labels }: Response): Promise<number> {
  const monitor = new Monitor({ mode: "filter" });
  await monitor.labelAgent("agent", { agent: open, mode: "filter" });
  const call = await monitor.before({
    agent: "agent",
    tool: "list_issues",
    resource: open,
    operation: "read",
  });
  if (!call.isAdmitted) throw new Error(call.denial.forOperator.message);
  const began = process.cpuUsage();
  const outcome = await monitor.after(call, result, labels);
  const { user, system } = process.cpuUsage(began);
  if (!outcome.isDelivered) throw new Error(outcome.denial.forOperator.message);
  return (user + system) / 1000;
}

function search(count: number) {
  return { total_count: count, items: list(count, issue) };
}

function asText(document: object) {
  return { content: [{ type: "text", text: JSON.stringify(document) }] };
}

function byPath(entries: number): ResponseLabels {
  const paths = list(entries, (i) => ({ path: `/items/${i}`, labels: labelsOf(i) }));
  return { kind: "paths", itemsPath: "/items", paths, defaults: open };
}

function list<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
