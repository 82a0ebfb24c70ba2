import { type GuardSession, loadGuard, native } from "@guardhost/native";
import { describe, expect, onTestFinished, test } from "vitest";
import { spawnWorker } from "../src/spawn-worker.node.js";
import { guardWith } from "./guard.js";

const LARGEST = 16_777_216;
const RESOURCE = '{"resource":{"secrecy":[],"integrity":[]},"operation":"read"}';

/** Grows its memory to 512 pages, and answers with 16 MiB: its labels, and spaces. */
const large = guardWith(
  `(drop (memory.grow (i32.sub (i32.const 512) (memory.size))))
   (if (i32.lt_u (local.get 3) (i32.const ${LARGEST}))
     (then (i32.store (local.get 2) (i32.const ${LARGEST})) (return (i32.const -2))))
   (memory.fill (local.get 2) (i32.const 32) (i32.const ${LARGEST}))
   (memory.copy (local.get 2) (i32.const 2048) (i32.const ${RESOURCE.length}))
   (i32.const ${LARGEST})`,
  `(data (i32.const 2048) ${JSON.stringify(RESOURCE).replaceAll('\\"', "\\22")})`,
);

describe("the JavaScript heap of a worker thread", () => {
  test("is 256 MiB, where the process would give it gigabytes", async () => {
    const worker = spawnWorker() as import("node:worker_threads").Worker;
    onTestFinished(() => void worker.terminate());
    expect(worker.resourceLimits?.maxOldGenerationSizeMb).toBe(256);
  });

  test("has room for guards with as much memory, and as large answers, as they may have", async () => {
    const guard = await loadGuard(large, {
      engine: native({ thread: "worker", maxThreads: 2 }),
      policyRequired: false,
    });
    onTestFinished(() => guard.close());
    const call = { name: "any", arguments: { text: "x".repeat(4_000_000) } };
    const label = (session: GuardSession) => session.labelResource(call);
    const sessions = Array.from({ length: 4 }, () => guard.session());
    for (let round = 0; round < 2; round++) {
      const labelled = await Promise.all(sessions.map(label));
      expect(labelled.map(({ operation }) => operation)).toEqual(Array(4).fill("read"));
    }
  });
});
