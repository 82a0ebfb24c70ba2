import type { GuardSession } from "@guardhost/core";
import { equal, rejects } from "../assertions.js";
import { POLICY } from "../check-context.js";
import { ask, countEntries, write } from "../guest/program.js";
import type { Requirement } from "../requirement.js";
import { callRunning, runIn } from "../session-programs.js";
import { deferred, later, passDeadline, underWay } from "../waiting.js";

/** Backends that call sessions, their own among them: no call waits for itself. */
export const reentranceRequirements: readonly Requirement[] = [
  {
    id: "order:reentrant",
    behaviour:
      "A call that the backend makes to the session that waits for it fails with REENTRANT; no deadlock",
    source: "W36",
    async check(context) {
      let inner: Promise<unknown> | undefined;
      const session: GuardSession = await context.labeledSession({
        backend() {
          const call = session.labelResource(callRunning());
          inner = underWay(rejects(call, { code: "REENTRANT", lost: false }, "the inner call"));
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
          through = underWay(runIn(other, ask()));
          // Otherwise the first session may be through before the other one gets to call it.
          return context.engine.capabilities.asyncBackend ? through.then(() => 7) : 7;
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
    id: "order:reentrant-through-what-is-left",
    behaviour:
      "What another session's backend has left behind is part of the call that waits for it as well: REENTRANT",
    source: "W36, design 3",
    needs: ["asyncBackend", "asyncContext"],
    async check(context) {
      const guard = await context.load({ policyRequired: false });
      const answered = deferred<void>();
      let left: Promise<unknown> | undefined;
      const other = guard.session({
        backend() {
          left = answered.promise.then(() =>
            rejects(first.labelResource(callRunning()), { code: "REENTRANT" }, "the call that was left"),
          );
          return 8;
        },
      });
      const first: GuardSession = guard.session({
        async backend() {
          await runIn(other, ask());
          answered.resolve();
          await left;
          return 7;
        },
      });
      equal(await runIn(first, ask()), "1;7", "the outer call's answer");
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
      const running = underWay(runIn(first, ask()));
      await answered.promise;
      const back = underWay(runIn(second, ask()));
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
      await passDeadline(async (timeoutMs) => {
        const [ended, inner] = [deferred<void>(), deferred<unknown>()];
        let wasAsked = false;
        const session: GuardSession = await context.labeledSession({
          async backend() {
            wasAsked = true;
            await ended.promise;
            inner.resolve(session.labelAgent(POLICY).then(({ mode }) => mode));
          },
        });
        const call = session.labelResource(callRunning(ask()), { timeoutMs });
        await rejects(call, { code: "TIMEOUT", lost: true }, "the call");
        if (!wasAsked) return false;
        ended.resolve();
        equal(await inner.promise, "filter", "the mode that the abandoned backend was told");
        return true;
      });
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
