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
];
