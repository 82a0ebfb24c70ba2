import { runConformance } from "@guardhost/conformance";
import { expect, test } from "vitest";
import { workerEngine } from "./worker-engine.js";

const only = ["interrupt"];

test("an engine that stops a running guest meets what is required of interruptible ones", async () => {
  const { passed, failed, skipped } = await runConformance(workerEngine(), { only });
  expect(failed).toEqual([]);
  expect(skipped).toEqual([]);
  expect(passed).toEqual([
    "interrupt:deadline",
    "interrupt:abort",
    "interrupt:others-go-on",
    "interrupt:event-loop-turns",
  ]);
});

test("an engine that claims to be interruptible and is not fails all of it", async () => {
  const { passed, failed } = await runConformance(workerEngine({ deaf: true }), { only, timeoutMs: 500 });
  expect(passed).toEqual([]);
  expect(failed).toHaveLength(4);
});
