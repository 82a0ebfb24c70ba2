/** Labels and filters responses of 100,000 items, and prints the processor time that each shape of labels takes. */

import { Monitor } from "@guardhost/difc";

const ITEMS = 100_000;
const RUNS = 5;

const items = Array.from({ length: ITEMS }, (_, i) => ({
  number: i,
  title: `issue ${i}`,
  body: "x".repeat(40),
}));
const text = JSON.stringify({ total_count: ITEMS, items });
const asText = { content: [{ type: "text", text }] };

const open = { secrecy: [], integrity: ["approved"] };
const secretEvery = (/** @type {number} */ nth, /** @type {number} */ i) =>
  i % nth === 0 ? { secrecy: [`private:owner/${i % 100}`], integrity: ["approved"] } : open;

/** @type {Record<string, () => { result: unknown, labels: import("@guardhost/difc").ResponseLabels }>} */
const cases = {
  "an entry for each item": () => ({ result: asText, labels: byPath(ITEMS) }),
  "an entry for 100 items, defaults for the rest": () => ({ result: asText, labels: byPath(100) }),
  "labels by position": () => ({
    result: asText,
    labels: { kind: "items", items: items.map((_, i) => ({ labels: secretEvery(2, i) })) },
  }),
  "text and structured content": () => ({
    result: { ...asText, structuredContent: { total_count: ITEMS, items } },
    labels: byPath(ITEMS),
  }),
};

/** @returns {import("@guardhost/difc").ResponseLabels} */
function byPath(/** @type {number} */ entries) {
  const paths = items.slice(0, entries).map((_, i) => ({ path: `/items/${i}`, labels: secretEvery(2, i) }));
  return { kind: "paths", itemsPath: "/items", paths, defaults: open };
}

for (const [name, make] of Object.entries(cases)) {
  const { result, labels } = make();
  const times = [];
  for (let run = 0; run < RUNS; run++) {
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
    times.push((user + system) / 1000);
    if (!outcome.isDelivered) throw new Error(outcome.denial.forOperator.message);
  }
  times.sort((a, b) => a - b);
  console.log(`${name}: ${times[RUNS >> 1]?.toFixed(0)} ms (median of ${RUNS})`);
}
