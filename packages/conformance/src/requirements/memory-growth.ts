import { equal } from "../assertions.js";
import { growMemory, growTable, INITIAL_PAGES, program, write } from "../guest/program.js";
import type { Requirement } from "../requirement.js";

/** Pages of the guard's memory once small buffers have been allocated. */
const IN_USE = INITIAL_PAGES + 1;

/** Memory and tables that grow while the guard runs, and where that ends. */
export const memoryGrowthRequirements: readonly Requirement[] = [
  {
    id: "memory:growth-during-a-call",
    behaviour: "A guest may grow its memory during a call and still be answered and understood",
    source: "spec 1.15",
    async check(context) {
      const guard = await context.open();
      equal(await guard.run(growMemory(1), write("answer")), `${IN_USE};answer`, "the answer after growth");
      const input = new Uint8Array(100_000).fill(46);
      input.set(program(write("again")));
      equal(await guard.call("label_resource", input), new TextEncoder().encode("again"), "growth in alloc");
    },
  },
  {
    id: "memory:growth-is-capped",
    behaviour: "Memory grows up to maxMemoryPages, and memory.grow answers -1 beyond",
    source: "spec 1.1, 1.15",
    async check(context) {
      const guard = await context.open({ limits: { maxMemoryPages: 20 } });
      const grown = await guard.run(growMemory(20 - IN_USE - 1), growMemory(2), growMemory(1), growMemory(1));
      equal(grown, `${IN_USE};-1;19;-1;`, "what memory.grow answers");
    },
  },
  {
    id: "memory:default-growth-is-capped",
    behaviour: "By default memory grows up to 512 pages",
    source: "spec 1.1",
    async check(context) {
      const guard = await context.open();
      equal(
        await guard.run(growMemory(512 - IN_USE), growMemory(1)),
        `${IN_USE};-1;`,
        "what memory.grow answers",
      );
    },
  },
  {
    id: "memory:table-growth-is-capped",
    behaviour: "Tables grow up to maxTableElements, and table.grow answers -1 beyond",
    source: "design 5",
    async check(context) {
      const guard = await context.open({ limits: { maxTableElements: 200 } });
      equal(
        await guard.run(growTable(200), growTable(199), growTable(1)),
        "-1;1;-1;",
        "what table.grow answers",
      );
    },
  },
];
