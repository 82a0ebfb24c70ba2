import type { ConformanceReport } from "@guardhost/conformance";
import { node26 } from "@guardhost/runtimes";
import { expect, test } from "vitest";
import { runCode, TEST_TIMEOUT_MS } from "./run-code.js";

const name = "conforms on Node 26, which has exception references, and exits by itself";

test.skipIf(node26 === undefined)(
  node26 === undefined ? `${name} (npm has no Node 26 for this platform)` : name,
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const code = "console.log(JSON.stringify(await runConformance(engine, { timeoutMs: 60_000 })));";
    const report: ConformanceReport = JSON.parse(await runCode(node26 as string, code));
    expect(report.failed).toEqual([]);
    // Those are for engines that cannot wait for a promise.
    const refused = ["async:refused", "async:refused-rejection-is-handled"];
    expect(report.skipped.map(({ id }) => id)).toEqual(refused);
    expect(report.passed.length).toBeGreaterThan(400);
  },
);
