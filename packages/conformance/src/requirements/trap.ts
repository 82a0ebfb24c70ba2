import { equal, rejects } from "../assertions.js";
import { countEntries, exit, type Trap, trap, write } from "../guest/program.js";
import type { Requirement } from "../requirement.js";

const TRAPS: readonly (readonly [name: string, kind: Trap])[] = [
  ["unreachable", "unreachable"],
  ["out-of-bounds", "out of bounds"],
  ["division-by-zero", "division by zero"],
  ["null-call", "null call"],
  ["invalid-conversion", "invalid conversion"],
  ["stack-overflow", "endless recursion"],
];

/** Whatever unwinds a guest costs its instance, and nothing else. */
export const trapRequirements: readonly Requirement[] = [
  ...TRAPS.map(
    ([name, kind]): Requirement => ({
      id: `trap:${name}`,
      behaviour: `A trap (${kind}) fails the call with TRAPPED, and the instance is lost`,
      source: "spec 1.10, W25, W26",
      async check(context) {
        const guard = await context.open();
        await rejects(guard.run(trap(kind)), { code: "TRAPPED", lost: true }, kind);
      },
    }),
  ),
  {
    id: "trap:exception",
    behaviour:
      "An exception that the guest does not catch fails the call with TRAPPED, and the instance is lost",
    source: "spec 1.10, W25",
    needs: ["exceptions"],
    async check(context) {
      const guard = await context.open({ guest: "throwing" });
      await rejects(guard.run(trap("exception")), { code: "TRAPPED", lost: true }, "the exception");
    },
  },
  {
    id: "trap:caught-exception-is-harmless",
    behaviour: "An exception that the guest catches is the guest's own affair",
    source: "spec 1.10",
    needs: ["exceptions"],
    async check(context) {
      const guard = await context.open({ guest: "catching" });
      equal(await guard.run(trap("exception")), "caught", "the answer");
      equal(await guard.run(countEntries), "2;", "how often the guest was entered");
    },
  },
  {
    id: "trap:trap-cannot-be-caught",
    behaviour: "A guest cannot catch its own trap",
    source: "spec 1.10, design 4",
    needs: ["exceptions"],
    async check(context) {
      const guard = await context.open({ guest: "catching" });
      await rejects(guard.run(trap("unreachable")), { code: "TRAPPED", lost: true }, "the trap");
    },
  },
  {
    id: "trap:exit-zero",
    behaviour: "proc_exit(0) fails the call with EXITED, and the instance is lost",
    source: "spec 1.4, 1.10, W24",
    async check(context) {
      const guard = await context.open();
      await rejects(guard.run(exit(0)), { code: "EXITED", lost: true }, "the exit");
    },
  },
  {
    id: "trap:exit-code",
    behaviour: "proc_exit(n) fails the call with EXITED and names the code, and the instance is lost",
    source: "spec 1.4, 1.10",
    async check(context) {
      const guard = await context.open();
      await rejects(guard.run(exit(73)), { code: "EXITED", lost: true, says: "73" }, "the exit");
    },
  },
  {
    id: "trap:exit-cannot-be-caught",
    behaviour: "A guest that catches everything cannot go on after proc_exit",
    source: "spec 1.4, design 4",
    needs: ["exceptions"],
    async check(context) {
      const guard = await context.open({ guest: "catching" });
      await rejects(guard.run(exit(0)), { code: "EXITED", lost: true }, "the exit");
      equal(guard.host.logs, [], "what the guest logged after its exit");
    },
  },
  {
    id: "trap:lost-instance-is-not-used-again",
    behaviour: "After a trap the channel refuses calls",
    source: "spec 1.10, W31",
    async check(context) {
      const guard = await context.open();
      await rejects(guard.run(trap("unreachable")), { code: "TRAPPED", lost: true }, "the trap");
      await rejects(guard.run(write("answer")), { code: "CLOSED", lost: true }, "the next call");
    },
  },
  {
    id: "trap:exited-instance-is-not-used-again",
    behaviour: "After an exit, even with code 0, the channel refuses calls",
    source: "W24",
    async check(context) {
      const guard = await context.open();
      await rejects(guard.run(exit(0)), { code: "EXITED", lost: true }, "the exit");
      await rejects(guard.run(write("answer")), { code: "CLOSED", lost: true }, "the next call");
    },
  },
  {
    id: "trap:other-instances-go-on",
    behaviour: "A trap in one instance changes nothing for another instance of the same module",
    source: "spec 1.11, W22",
    async check(context) {
      const compiled = await context.compile("guard");
      const [one, other] = [await context.openCompiled(compiled), await context.openCompiled(compiled)];
      await other.run(countEntries);
      await rejects(one.run(trap("unreachable")), { code: "TRAPPED", lost: true }, "the trap");
      equal(await other.run(countEntries), "2;", "how often the other guest was entered");
    },
  },
  {
    id: "trap:fresh-instance-can-be-opened",
    behaviour: "After a trap a fresh instance can be opened from what was compiled",
    source: "W23",
    async check(context) {
      const compiled = await context.compile("guard");
      const first = await context.openCompiled(compiled);
      await rejects(first.run(trap("endless recursion")), { code: "TRAPPED", lost: true }, "the trap");
      const second = await context.openCompiled(compiled);
      equal(await second.run(countEntries), "1;", "how often the fresh guest was entered");
    },
  },
  ...(
    [
      ["trap-at-start", "trapAtStart", "TRAPPED", "A start section that traps"],
      ["exit-at-start", "exitAtStart", "EXITED", "A start section that exits"],
      ["trap-in-initialize", "trapInInitialize", "TRAPPED", "An _initialize that traps"],
      ["exit-in-initialize", "exitInInitialize", "EXITED", "An _initialize that exits"],
    ] as const
  ).map(
    ([name, guest, code, what]): Requirement => ({
      id: `trap:${name}`,
      behaviour: `${what} keeps the instance from being opened: ${code}`,
      source: "spec 1.1, W33",
      async check(context) {
        const compiled = await context.compile(guest);
        await rejects(context.openCompiled(compiled), { code, lost: true }, "opening");
      },
    }),
  ),
];
