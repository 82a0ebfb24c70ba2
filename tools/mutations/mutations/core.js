/** Rules of core that its own tests notice: in a running engine they show on an idle machine only. */

/** @type {readonly import("../mutation.js").Mutation[]} */
export const coreMutations = [
  {
    package: "core",
    file: "time/uninterrupted.ts",
    find: "return now - since;",
    replace: "queueMicrotask(() => (since = undefined));\n  return now - since;",
    fails:
      "time/uninterrupted.test.ts > time counts from the first look at it after a turn of the event loop",
  },
  {
    package: "core",
    file: "exchange/interrupts.ts",
    find: "Math.max(-1, this.#countdown.value - units)",
    replace: "this.#countdown.value",
    fails:
      "exchange/interrupts.test.ts > counts towards the next check, which it cannot put off beyond the next instruction",
  },
];
