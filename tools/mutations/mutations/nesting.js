/** Rules of calls that backends come to wait for while they are on their way, where calls run on a few threads. */

/** @type {readonly import("../mutation.js").Mutation[]} */
export const nestingMutations = [
  {
    package: "core",
    file: "session/session-instance.ts",
    find: "nesting: this.nesting }",
    replace: "nesting: { isNested: this.nesting.isNested, onNested: () => () => undefined } }",
    fails: "nesting:a-waiting-call-becomes-nested",
    thread: "worker",
  },
  {
    package: "core",
    file: "session/instance-opener.ts",
    find: "nesting: holder.nesting,",
    replace: "nesting: { isNested: holder.nesting.isNested, onNested: () => () => undefined },",
    fails: "nesting:a-waiting-opening-becomes-nested",
    thread: "worker",
  },
  {
    package: "thread",
    file: "pool/scheduler.ts",
    find: "(isNested && this.spares < this.#parked)",
    replace: "false",
    fails: "nesting:a-waiting-call-becomes-nested",
    thread: "worker",
  },
];
