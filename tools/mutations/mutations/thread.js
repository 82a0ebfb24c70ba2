/** Rules of worker threads that their own tests notice: what they keep apart seldom meets. */

/** @type {readonly import("../mutation.js").Mutation[]} */
export const threadMutations = [
  {
    package: "thread",
    file: "pool/thread-call.ts",
    find: "if (this.#pending !== number) return;",
    replace: "",
    fails: "pool/late-answer.test.ts > an answer that comes during the next call",
  },
  {
    package: "thread",
    file: "pool/thread-call.ts",
    find: "if (this.#thread.hasStarted) this.stop(timedOut(true), true);\n      else this.stop(startedTooLate());",
    replace: "this.stop(timedOut(true), true);",
    fails: "failures.test.ts > calls whose time is up before their worker has started",
  },
  {
    package: "thread",
    file: "pool/thread-call.ts",
    find: "(this.#thread.failure ?? error)",
    replace: "error",
    fails: "pool/thread-call.test.ts > why a thread is gone counts for more",
  },
  {
    package: "thread",
    file: "worker/worker-host.ts",
    find: "isCurrent() ? mailbox.place(answer) : copyBytes(answer)",
    replace: "mailbox.place(answer)",
    fails: "worker-host.test.ts > an instance that is not in a call does not get at the answer",
  },
  {
    package: "thread",
    file: "mailbox/worker-mailbox.ts",
    find: "Atomics.load(words, WORD.answer) === number",
    replace: "Atomics.load(words, WORD.answer) !== 0",
    fails: "mailbox/mailbox.test.ts > an answer to one question is none to the next",
  },
  {
    package: "thread",
    file: "mailbox/caller-mailbox.ts",
    find: "Atomics.load(this.#words, WORD.response) === this.#generation",
    replace: "Atomics.load(this.#words, WORD.response) !== 0",
    fails: "mailbox/mailbox.test.ts > the response to one request is none to the next",
  },
  {
    package: "thread",
    file: "mailbox/worker-mailbox.ts",
    find: "this.#hasEnded ? undefined : this.#take(now)",
    replace: "this.#take(now)",
    fails: "mailbox/mailbox.test.ts > a worker that is to end gets no request any more",
  },
  {
    package: "thread",
    file: "pool/memory-collection.ts",
    find: "await Promise.all([...this.#scheduler.threads].map((thread) => this.#collectOn(thread)));",
    replace: "",
    fails: "memory.test.ts > an instance that finds no memory gets what is garbage on another thread",
  },
  {
    package: "thread",
    file: "pool/thread-pool.ts",
    find: " || thread.failure !== undefined",
    replace: "",
    fails: "memory.test.ts > a thread that dies for want of memory takes no other with it",
  },
];
