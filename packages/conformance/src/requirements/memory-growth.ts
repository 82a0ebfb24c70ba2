import type { GuardOperation } from "@guardhost/core";
import { equal } from "../assertions.js";
import { growMemory, growTable, INITIAL_PAGES, measureMemory, program, write } from "../guest/program.js";
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
  {
    id: "memory:declared-maximum-lifts-no-cap",
    behaviour: "Memory and every table end at the limits, however large their declared maximum is",
    source: "spec 1.1, 1.15, design 5",
    async check(context) {
      const limits = { maxMemoryPages: 20, maxTableElements: 200 };
      const guard = await context.open({ guest: "growsToTheEnd", limits });
      const grown = async (operation: GuardOperation) => (await guard.call(operation, program())).length;
      equal(await grown("label_resource"), 20, "pages of memory");
      equal(await grown("label_agent"), 200, "elements of a table with a maximum of 4,294,967,295");
      equal(await grown("label_response"), 200, "elements of a second table, without a maximum");
    },
  },
  {
    id: "memory:growth-by-gigabytes",
    behaviour: "Growth by gigabytes, and by all that a number can say, answers -1, and the guest goes on",
    source: "spec 1.15, design 8",
    async check(context) {
      const guard = await context.open();
      for (const pages of [60_000, 65_536, 4_294_967_295]) {
        equal(await guard.run(growMemory(pages)), "-1;", `growth of the memory by ${pages} pages`);
      }
      for (const elements of [100_000, 4_294_967_295]) {
        equal(await guard.run(growTable(elements)), "-1;", `growth of a table by ${elements} elements`);
      }
      equal(await guard.run(measureMemory), `${IN_USE};`, "pages of memory in the end");
    },
  },
];
