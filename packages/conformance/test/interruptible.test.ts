import { runConformance } from "@guardhost/conformance";
import { expect, test } from "vitest";
import { workerEngine } from "./worker-engine.js";

/** What an engine can do by ending threads: without a backend, and where the runtime ends them at all. */
const only = [
  "interrupt:deadline",
  "interrupt:abort",
  "interrupt:nothing-is-freed",
  "interrupt:others-go-on",
  "interrupt:others-answer-meanwhile",
  "interrupt:several-at-once",
  "interrupt:event-loop-turns",
  "endless:jumps",
  "endless:call-tree",
  "endless:backend-calls",
  "endless:caught-loop",
  "endless:tail-calls",
  "endless:jumps-aborted",
  "endless:tail-calls-aborted",
  "endless:start-section",
  "endless:start-section-aborted",
  "endless:initialize",
  "endless:initialize-aborted",
  "recovery:after-timeout",
  "validation:forged-marker",
  "validation:forged-countdown",
];

test("an engine that stops a running guest meets what is required of interruptible ones", async () => {
  const { passed, failed, skipped } = await runConformance(workerEngine(), { only });
  expect(failed).toEqual([]);
  expect(skipped).toEqual([]);
  expect(passed).toEqual(only);
});

test("an engine that claims to be interruptible and is not fails all of it", async () => {
  const { passed, failed } = await runConformance(workerEngine({ deaf: true }), { only, timeoutMs: 250 });
  expect(passed).toEqual([]);
  expect(failed.map(({ id }) => id)).toEqual(only);
});
