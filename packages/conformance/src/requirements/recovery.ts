import type { Backend } from "@guardhost/core";
import { equal, rejects, rejectsWith } from "../assertions.js";
import { type CheckContext, POLICY } from "../check-context.js";
import { ask, countEntries, exit, log, returnStatus, spin, trap } from "../guest/program.js";
import type { Requirement } from "../requirement.js";
import { askingPolicy, callRunning, markingPolicy, readMark, runIn } from "../session-programs.js";
import { trackChannels } from "../track-channels.js";
import { passDeadline, spendMilliseconds } from "../waiting.js";

/** A session whose policy has left a mark in its guest. */
async function markedSession(context: CheckContext, options: Parameters<CheckContext["session"]>[0] = {}) {
  const session = await context.session(options);
  await session.labelAgent(markingPolicy("mark"));
  return session;
}

/** Checks that the guest of a session is a fresh one that was given its policy, and nothing else before. */
async function isAnew(session: Awaited<ReturnType<typeof markedSession>>): Promise<void> {
  equal(await runIn(session, countEntries), "2;", "how often the fresh guest was entered");
  equal(await runIn(session, readMark), "mark", "what the policy has left in the fresh guest");
}

/** Sessions whose instance was lost go on: a fresh one gets the policy again, or nothing gets through. */
export const recoveryRequirements: readonly Requirement[] = [
  ...(
    [
      ["trap", "a trap", trap("unreachable"), "TRAPPED"],
      ["stack-overflow", "a stack overflow", trap("endless recursion"), "TRAPPED"],
      ["exit", "an exit", exit(0), "EXITED"],
      ["breach", "a breach of the ABI", returnStatus(1_000_000), "PROTOCOL"],
    ] as const
  ).map(
    ([name, what, command, code]): Requirement => ({
      id: `recovery:after-${name}`,
      behaviour: `After ${what} a session goes on with a fresh instance under the same policy`,
      source: "W23, W24, W25, W28, W37, design 3",
      async check(context) {
        for (const policyRequired of [true, false]) {
          const session = await markedSession(context, { policyRequired });
          await rejects(session.labelResource(callRunning(command)), { code, lost: true }, "the call");
          equal(session.health, "lost", "the health of the session");
          await isAnew(session);
        }
      },
    }),
  ),
  {
    id: "recovery:after-timeout",
    behaviour:
      "After a deadline has stopped its guest a session goes on with a fresh instance under the same policy",
    source: "W22, W23, design 3",
    needs: ["interruptible"],
    async check(context) {
      const session = await context.labeledSession();
      const call = session.labelResource(callRunning(spin), { timeoutMs: 20 });
      await rejects(call, { code: "TIMEOUT", lost: true }, "the call");
      equal(await runIn(session, countEntries), "2;", "how often the fresh guest was entered");
    },
  },
  {
    id: "recovery:after-abort",
    behaviour: "After an abort inside a call a session goes on with a fresh instance under the same policy",
    source: "W22, W31, W37, design 3",
    async check(context) {
      const reason = new Error("no longer wanted");
      const controller = new AbortController();
      const session = await markedSession(context, { backend: () => controller.abort(reason) });
      const call = session.labelResource(callRunning(ask()), { signal: controller.signal });
      await rejectsWith(call, reason, "the call");
      await isAnew(session);
    },
  },
  {
    id: "recovery:given-up-by-the-engine",
    behaviour:
      "A call to an instance that its engine has given up is made on a fresh one, and nobody notices",
    source: "design 3, design 4",
    async check(context) {
      const { engine, channels } = trackChannels(context.engine);
      const session = await markedSession(context, { engine });
      for (const channel of channels) await channel.close();
      await isAnew(session);
      equal(channels.size, 1, "open instances");
    },
  },
  {
    id: "recovery:differing-replay",
    behaviour:
      "Where a guard answers its policy otherwise the second time, no call gets through: INVALID_OUTPUT",
    source: "W37, design 3",
    async check(context) {
      let says = 1;
      const asked: string[] = [];
      const session = await context.session({
        backend({ name }) {
          asked.push(name);
          return says;
        },
      });
      await session.labelAgent(askingPolicy);
      await rejects(session.labelResource(callRunning(exit(0))), { code: "EXITED" }, "the first call");
      says = 2;
      for (let i = 0; i < 2; i++) {
        const call = session.labelResource(callRunning(ask({ tool: "labelling" })));
        await rejects(call, { code: "INVALID_OUTPUT", lost: true, says: "anew" }, "a call after that");
      }
      says = 1;
      equal(await runIn(session, countEntries), "2;", "how often the fresh guest was entered in the end");
      equal(asked, ["tool", "tool", "tool", "tool"], "what the backend was asked, for the policy alone");
    },
  },
  {
    id: "recovery:refused-instances-are-closed",
    behaviour: "An instance that does not answer its policy as the one before did is closed",
    source: "W41, design 3",
    async check(context) {
      const { engine, channels } = trackChannels(context.engine);
      let says = 1;
      const session = await context.session({ engine, backend: () => says++ });
      await session.labelAgent(askingPolicy);
      await rejects(session.labelResource(callRunning(exit(0))), { code: "EXITED" }, "the first call");
      await rejects(session.labelResource(callRunning()), { code: "INVALID_OUTPUT" }, "the next call");
      equal(channels.size, 0, "open instances");
    },
  },
  {
    id: "recovery:failing-replay",
    behaviour:
      "Where a guard fails when it gets its policy again, the call fails with that, and the next tries again",
    source: "W37, design 3",
    async check(context) {
      let [delay, wasAsked] = [0, false];
      const backend = () => {
        wasAsked = true;
        spendMilliseconds(delay);
      };
      const session = await context.session({ backend, breaker: false });
      await session.labelAgent(askingPolicy);
      await rejects(session.labelResource(callRunning(exit(0))), { code: "EXITED" }, "the first call");
      // The deadline counts opening as well, before the guard asks for the labels of its policy.
      await passDeadline(async (timeoutMs) => {
        [delay, wasAsked] = [timeoutMs + 10, false];
        const slow = session.labelResource(callRunning(log(1, "labelling")), { timeoutMs });
        await rejects(slow, { code: "TIMEOUT" }, "the next call");
        if (!wasAsked) return false;
        await rejects(slow, { code: "TIMEOUT", lost: true, says: "anew" }, "the call whose guard was asked");
        return true;
      });
      delay = 0;
      equal(await runIn(session, countEntries), "2;", "how often the fresh guest was entered");
    },
  },
  {
    id: "recovery:never",
    behaviour:
      "With recovery: never a loss leaves a session without a policy, required or not: NO_POLICY until labelAgent",
    source: "spec 1.10, W23, design 3",
    async check(context) {
      for (const policyRequired of [true, false]) {
        const session = await context.labeledSession({ recovery: "never", policyRequired });
        await rejects(
          session.labelResource(callRunning(exit(0))),
          { code: "EXITED", lost: true },
          "the call",
        );
        const next = session.labelResource(callRunning());
        await rejects(next, { code: "NO_POLICY", lost: false }, "the next call");
        await session.labelAgent(POLICY);
        equal(await runIn(session, countEntries), "2;", "how often the fresh guest was entered");
      }
    },
  },
  {
    id: "recovery:breaker",
    behaviour:
      "A guard that is lost again and again is left alone for a while, by all sessions of the principal: UNHEALTHY",
    source: "W23, design 3",
    async check(context) {
      const guard = await context.load({ policyRequired: false, breaker: { maxLosses: 2 } });
      const lose = () =>
        rejects(
          guard.session({ principal: "one" }).labelResource(callRunning(trap("unreachable"))),
          { code: "TRAPPED" },
          "a call that traps",
        );
      await lose();
      equal(await runIn(guard.session({ principal: "one" }), countEntries), "1;", "after one loss");
      await lose();
      const refused = guard.session({ principal: "one" }).labelResource(callRunning());
      await rejects(refused, { code: "UNHEALTHY", lost: false }, "a call after two losses");
      equal(await runIn(guard.session({ principal: "two" }), countEntries), "1;", "another principal");
    },
  },
  {
    id: "recovery:breaker-lets-one-through",
    behaviour:
      "After the pause one call is let through, and a guard that survives it is not left alone any more",
    source: "W23, design 3",
    async check(context) {
      const breaker = { maxLosses: 1, pauseMs: 1 };
      const session = await context.labeledSession({ breaker });
      await rejects(session.labelResource(callRunning(exit(0))), { code: "EXITED" }, "a call that exits");
      spendMilliseconds(2);
      equal(await runIn(session, countEntries), "2;", "how often the fresh guest was entered");
      equal(session.health, "ready", "the health of the session");
    },
  },
  {
    id: "recovery:slow-backends-do-not-count",
    behaviour:
      "A deadline that comes while the guest waits for its backend does not count as a failure of the guard",
    source: "design 3",
    needs: ["asyncBackend"],
    async check(context) {
      const answers: ((signal: AbortSignal) => unknown)[] = [
        () => new Promise(() => undefined),
        // As backends do that give up when nobody needs them any more.
        (signal) => new Promise((resolve) => signal.addEventListener("abort", resolve)),
      ];
      for (const answer of answers) {
        await passDeadline(async (timeoutMs) => {
          let wasAsked = false;
          const backend: Backend = (_call, { signal }) => {
            wasAsked = true;
            return answer(signal);
          };
          const session = await context.labeledSession({ breaker: { maxLosses: 1 }, backend });
          const call = session.labelResource(callRunning(ask()), { timeoutMs });
          await rejects(call, { code: "TIMEOUT" }, "the call");
          if (!wasAsked) return false;
          equal(await runIn(session, countEntries), "2;", "how often the fresh guest was entered");
          return true;
        });
      }
    },
  },
  {
    id: "recovery:aborts-do-not-count",
    behaviour: "An abort by the caller does not count as a failure of the guard",
    source: "W22, design 3",
    async check(context) {
      let controller = new AbortController();
      const session = await context.labeledSession({
        breaker: { maxLosses: 1 },
        backend: () => controller.abort("no longer wanted"),
      });
      for (let i = 0; i < 3; i++) {
        controller = new AbortController();
        const call = session.labelResource(callRunning(ask()), { signal: controller.signal });
        await rejectsWith(call, "no longer wanted", "the call");
      }
      equal(await runIn(session, countEntries), "2;", "how often the fresh guest was entered");
    },
  },
];
