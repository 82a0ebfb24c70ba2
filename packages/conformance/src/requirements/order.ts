import type { GuardSession } from "@guardhost/core";
import { equal, rejects } from "../assertions.js";
import { POLICY } from "../check-context.js";
import { ask, countEntries, returnStatus, write } from "../guest/program.js";
import type { Requirement } from "../requirement.js";
import { busySession, callRunning, runIn } from "../session-programs.js";
import { deferred, later } from "../waiting.js";

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
      const first = runIn(session, ask({ tool: "first" }));
      const second = runIn(session, ask({ tool: "second" }));
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
      const next = runIn(session, write("next"));
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
      const served = [1, 2, 3].map(() => runIn(session, countEntries));
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
  {
    id: "order:reentrant",
    behaviour:
      "A call that the backend makes to the session that waits for it fails with REENTRANT; no deadlock",
    source: "W36",
    async check(context) {
      let inner: Promise<unknown> | undefined;
      const session: GuardSession = await context.labeledSession({
        backend() {
          inner = rejects(
            session.labelResource(callRunning()),
            { code: "REENTRANT", lost: false },
            "the inner call",
          );
          return 7;
        },
      });
      equal(await runIn(session, ask()), "1;7", "the outer call's answer");
      await inner;
      equal(await runIn(session, countEntries), "3;", "how often the guest was entered");
    },
  },
  {
    id: "order:reentrant-through-another-session",
    behaviour:
      "A call that comes back to a waiting session through the backend of another one fails with REENTRANT",
    source: "W36, design 3",
    async check(context) {
      const guard = await context.load({ policyRequired: false });
      const inner = deferred<Promise<unknown>>();
      const other = guard.session({
        backend() {
          inner.resolve(rejects(first.labelResource(callRunning()), { code: "REENTRANT" }, "the inner call"));
          return 8;
        },
      });
      let through: Promise<string> | undefined;
      const first = guard.session({
        backend() {
          through = runIn(other, ask());
          return 7;
        },
      });
      await other.labelResource({ name: "opens the instance" });
      equal(await runIn(first, ask()), "1;7", "the outer call's answer");
      equal(await through, "1;8", "the other session's answer");
      await inner.promise;
    },
  },
  {
    id: "order:reentrant-after-waiting",
    behaviour: "The backend's call to its own session fails with REENTRANT after an await as well",
    source: "W36, design 3",
    needs: ["asyncBackend", "asyncContext"],
    async check(context) {
      const session: GuardSession = await context.labeledSession({
        async backend() {
          await later(undefined);
          await rejects(session.labelResource(callRunning()), { code: "REENTRANT" }, "the inner call");
          return 7;
        },
      });
      equal(await runIn(session, ask()), "1;7", "the outer call's answer");
    },
  },
  {
    id: "order:mutual-waiting",
    behaviour: "Sessions whose backends call each other at once do not wait for each other: REENTRANT",
    source: "W36, design 3",
    needs: ["asyncBackend", "asyncContext"],
    async check(context) {
      const guard = await context.load({ policyRequired: false });
      const asked = [deferred<void>(), deferred<void>()] as const;
      const outcomes: string[] = [];
      const sessions: readonly GuardSession[] = [0, 1].map((own) =>
        guard.session({
          async backend() {
            asked[own]?.resolve();
            await Promise.all(asked.map(({ promise }) => promise));
            const other = sessions[1 - own] as GuardSession;
            outcomes.push(
              await other.labelResource(callRunning(write('{"resource":{}}'))).then(
                () => "answered",
                (error) => error.code,
              ),
            );
            return 7;
          },
        }),
      );
      const answers = await Promise.all(sessions.map((session) => runIn(session, ask())));
      equal(answers, ["1;7", "1;7"], "the answers of both");
      equal(outcomes, ["REENTRANT", "answered"], "what became of the calls of their backends");
    },
  },
  {
    id: "order:mutual-waiting-ends",
    behaviour: "A backend may call a session that has waited for its own and does not any more",
    source: "W36, design 3",
    needs: ["asyncBackend", "asyncContext"],
    async check(context) {
      const guard = await context.load({ policyRequired: false });
      const [answered, asked, over] = [deferred<void>(), deferred<void>(), deferred<void>()];
      const first: GuardSession = guard.session({
        async backend() {
          await runIn(second, write("no question"));
          answered.resolve();
          await over.promise;
          return 7;
        },
      });
      const second: GuardSession = guard.session({
        async backend() {
          const back = runIn(first, write("called back"));
          asked.resolve();
          return (await back).length;
        },
      });
      const running = runIn(first, ask());
      await answered.promise;
      const back = runIn(second, ask());
      await asked.promise;
      over.resolve();
      equal(await running, "1;7", "the first session's answer");
      equal(await back, "2;11", "the second session's answer: the length of what its backend was told");
    },
  },
  {
    id: "order:abandoned-backend-is-not-inside",
    behaviour: "A backend that outlives its call may call the session: nobody waits for it any more",
    source: "W36, design 3",
    needs: ["asyncBackend", "asyncContext"],
    async check(context) {
      const ended = deferred<void>();
      const inner = deferred<unknown>();
      const session: GuardSession = await context.labeledSession({
        async backend() {
          await ended.promise;
          inner.resolve(session.labelAgent(POLICY).then(({ mode }) => mode));
        },
      });
      const call = session.labelResource(callRunning(ask()), { timeoutMs: 30 });
      await rejects(call, { code: "TIMEOUT", lost: true }, "the call");
      ended.resolve();
      equal(await inner.promise, "filter", "the mode that the abandoned backend was told");
    },
  },
  {
    id: "order:after-the-backend-is-not-inside",
    behaviour: "What a backend starts and leaves behind may call the session once the backend has answered",
    source: "W36, design 3",
    async check(context) {
      let later: Promise<string> | undefined;
      const answered = deferred<void>();
      const session: GuardSession = await context.labeledSession({
        backend() {
          later ??= answered.promise.then(() => runIn(session, countEntries));
          return 7;
        },
      });
      equal(await runIn(session, ask()), "1;7", "the first answer");
      answered.resolve();
      equal(await later, "3;", "how often the guest was entered");
    },
  },
];
