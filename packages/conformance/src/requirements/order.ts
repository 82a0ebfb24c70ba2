import { equal, rejects } from "../assertions.js";
import { POLICY } from "../check-context.js";
import { ask, countEntries, returnStatus, write } from "../guest/program.js";
import type { Requirement } from "../requirement.js";
import { busySession, callRunning, runIn } from "../session-programs.js";
import { deferred, later, underWay } from "../waiting.js";

/** One call at a time, in order. */
export const orderRequirements: readonly Requirement[] = [
  {
    id: "order:calls-run-in-order",
    behaviour: "The calls of a session run one after the other, in the order in which they were made",
    source: "spec 1.5, 1.11, W35",
    async check(context) {
      const session = await context.session();
      const order: string[] = [];
      const note = (name: string) => () => void order.push(name);
      await Promise.all([
        session.labelAgent(POLICY).then(note("agent")),
        runIn(session, countEntries).then((entries) => note(`resource ${entries}`)()),
        session.labelResponse({ name: "plain" }, null).then(note("response")),
        runIn(session, countEntries).then((entries) => note(`resource ${entries}`)()),
      ]);
      equal(order, ["agent", "resource 2;", "response", "resource 4;"], "the order of the answers");
    },
  },
  {
    id: "order:one-at-a-time",
    behaviour: "While one call waits for its backend, the next call of the session does not enter the guest",
    source: "spec 1.5, W35",
    needs: ["asyncBackend"],
    async check(context) {
      const answer = deferred<number>();
      const asked = deferred<void>();
      const questions: string[] = [];
      const session = await context.labeledSession({
        backend({ name }) {
          questions.push(name);
          asked.resolve();
          return answer.promise;
        },
      });
      const first = underWay(runIn(session, ask({ tool: "first" })));
      const second = underWay(runIn(session, ask({ tool: "second" })));
      await asked.promise;
      await later(undefined);
      equal(questions, ["first"], "what the backend was asked while the first call waits");
      answer.resolve(7);
      equal([await first, await second], ["1;7", "1;7"], "the answers");
    },
  },
  {
    id: "order:failure-lets-the-next-in",
    behaviour: "A call that fails lets the next one in",
    source: "spec 1.5",
    async check(context) {
      const session = await context.labeledSession();
      const failing = rejects(
        session.labelResource(callRunning(returnStatus(-1))),
        { code: "GUEST_ERROR" },
        "the first call",
      );
      const next = underWay(runIn(session, write("next")));
      await failing;
      equal(await next, "next", "the second call's answer");
    },
  },
  {
    id: "order:waiting-is-bounded",
    behaviour:
      "When maxWaitingCalls wait for a session, one more is refused with BUSY; those that wait are served",
    source: "W35",
    async check(context) {
      const session = await context.session({ maxWaitingCalls: 2, policyRequired: false });
      const served = [1, 2, 3].map(() => underWay(runIn(session, countEntries)));
      await rejects(session.labelResource(callRunning()), { code: "BUSY", lost: false }, "the fourth call");
      equal(await Promise.all(served), ["1;", "2;", "3;"], "how often the guest was entered");
    },
  },
  {
    id: "order:deadline-while-waiting",
    behaviour:
      "A call whose deadline passes while it waits for its turn fails with TIMEOUT; the guest is not entered",
    source: "W22, W35",
    async check(context) {
      const { session, running, release } = await busySession(context);
      const waiting = session.labelResource(callRunning(), { timeoutMs: 5 });
      await rejects(waiting, { code: "TIMEOUT", lost: false }, "the waiting call");
      release();
      await running;
      equal(await runIn(session, countEntries), "2;", "how often the guest was entered");
    },
  },
];
