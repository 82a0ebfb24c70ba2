import { equal, holds, rejects } from "../assertions.js";
import { moduleBytes } from "../guest/module-bytes.js";
import type { Requirement } from "../requirement.js";
import { refusals } from "./refusals.js";

/** What may run as a guard, and what may not. */
export const validationRequirements: readonly Requirement[] = [
  ...refusals.map(
    ({ name, that, module, says, source = "spec 1.1", limits }): Requirement => ({
      id: `validation:${name}`,
      behaviour: `A module that ${that} is refused with INVALID_MODULE, and the error says so`,
      source,
      needs: ["compilation"],
      check: async (context) => {
        await rejects(
          context.compile(module, limits),
          { code: "INVALID_MODULE", lost: false, says },
          "compiling",
        );
      },
    }),
  ),
  {
    id: "validation:module-too-large",
    behaviour: "A module of maxModuleBytes is accepted, a larger one is refused with INVALID_MODULE",
    source: "design 3",
    needs: ["compilation"],
    async check(context) {
      const { length } = moduleBytes("minimal");
      await context.compile("minimal", { maxModuleBytes: length });
      const expected = { code: "INVALID_MODULE", says: "maxModuleBytes" } as const;
      await rejects(context.compile("minimal", { maxModuleBytes: length - 1 }), expected, "compiling");
    },
  },
  {
    id: "validation:all-problems-at-once",
    behaviour: "One error lists everything that is wrong with a module",
    source: "design 2, W30",
    needs: ["compilation"],
    async check(context) {
      const error = await rejects(
        context.compile("severalProblems"),
        { code: "INVALID_MODULE" },
        "compiling",
      );
      for (const problem of ["label_response", '"mem"', "dealloc", "env.abort"]) {
        holds(error.message.includes(problem), `the error to mention ${problem}: ${error.message}`);
      }
    },
  },
  {
    id: "validation:least-guard",
    behaviour: "Three label functions, a memory and an allocator are enough",
    source: "spec 1.2",
    async check(context) {
      const guard = await context.open({ guest: "minimal" });
      equal(await guard.run(), "", "its answer");
    },
  },
  {
    id: "validation:own-maximum-is-kept",
    behaviour: "A memory whose declared maximum is below maxMemoryPages keeps it",
    source: "spec 1.1",
    async check(context) {
      const guard = await context.open({ guest: "twoPagesAtMost", limits: { allowDirectMemory: true } });
      const input = new Uint8Array(100_000);
      await rejects(
        guard.call("label_resource", input),
        { code: "OUT_OF_MEMORY" },
        "100,000 bytes in two pages",
      );
    },
  },
  {
    id: "validation:standard-features",
    behaviour:
      "Sign extension, saturating conversions, reference types, multi-value, SIMD and mutable globals are fine",
    source: "design 5",
    async check(context) {
      const guard = await context.open({ guest: "standardFeatures" });
      equal(await guard.run(), "", "its answer");
    },
  },
];
