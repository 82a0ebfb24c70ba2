import { GuardError } from "@guardhost/core";
import { equal, holds, rejects, rejectsWith } from "../assertions.js";
import type { CheckContext } from "../check-context.js";
import { ask, countEntries, log, need, program, returnStatus, trap, write } from "../guest/program.js";
import type { OpenGuard } from "../open-guard.js";
import type { Requirement } from "../requirement.js";
import { busySession, callRunning, runIn } from "../session-programs.js";
import { spendMilliseconds } from "../waiting.js";

/** Counts the listeners that a signal has. */
function countListeners(signal: AbortSignal): () => number {
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  const counted = new Set<unknown>();
  signal.addEventListener = (...args: Parameters<AbortSignal["addEventListener"]>) => {
    counted.add(args[1]);
    listeners = counted.size;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<AbortSignal["removeEventListener"]>) => {
    counted.delete(args[1]);
    listeners = counted.size;
    removeEventListener.apply(signal, args);
  };
  return () => listeners;
}

/** Opens a guard that does nothing but ask its backend. */
function openAsking(context: CheckContext, backend: () => unknown): Promise<OpenGuard> {
  return context.open({ guest: "asking", limits: { allowDirectMemory: true }, backend });
}

/** Aborts and deadlines where no running guest has to be stopped. */
export const abortRequirements: readonly Requirement[] = [
  {
    id: "abort:before-the-call",
    behaviour:
      "A call whose signal is aborted already rejects with signal.reason, and the guest is not entered",
    source: "W22, design 3",
    async check(context) {
      const guard = await context.open({ backend: () => 7 });
      const reason = { any: "value" };
      await rejectsWith(guard.runWith({ signal: AbortSignal.abort(reason) }, ask()), reason, "the call");
      equal(guard.host.questions, [], "what the backend was asked");
    },
  },
  {
    id: "abort:before-the-call-costs-nothing",
    behaviour: "A session whose call was aborted before it began goes on: same instance, same policy",
    source: "W22",
    async check(context) {
      const session = await context.labeledSession();
      const reason = new Error("no longer wanted");
      const aborted = session.labelResource(callRunning(), { signal: AbortSignal.abort(reason) });
      await rejectsWith(aborted, reason, "the call");
      equal(await runIn(session, countEntries), "2;", "how often the guest was entered");
    },
  },
  {
    id: "abort:while-waiting-for-a-turn",
    behaviour:
      "A call that is aborted while it waits for another rejects with signal.reason; the other is unharmed",
    source: "W22, W35",
    async check(context) {
      const { session, running, release } = await busySession(context);
      const reason = new Error("no longer wanted");
      const controller = new AbortController();
      const waiting = session.labelResource(callRunning(), { signal: controller.signal });
      controller.abort(reason);
      // It rejects while the other call still runs.
      await rejectsWith(waiting, reason, "the waiting call");
      release();
      await running;
      equal(await runIn(session, countEntries), "2;", "how often the guest was entered");
    },
  },
  {
    id: "abort:during-a-backend-call",
    behaviour:
      "When the backend aborts the call, the call rejects with signal.reason though the guest answers",
    source: "W22, design 3",
    async check(context) {
      const reason = new Error("no longer wanted");
      const controller = new AbortController();
      const guard = await context.open({ backend: () => controller.abort(reason) });
      const call = guard.runWith({ signal: controller.signal }, ask(), write("answer"));
      await rejectsWith(call, reason, "the call");
    },
  },
  {
    id: "abort:no-further-backend-call",
    behaviour: "After an abort the guest's backend calls answer -1, and the backend is not asked",
    source: "W22",
    async check(context) {
      const reason = new Error("no longer wanted");
      const controller = new AbortController();
      const guard = await context.open({ backend: () => controller.abort(reason) });
      await rejectsWith(guard.runWith({ signal: controller.signal }, ask(), ask()), reason, "the call");
      equal(guard.host.questions.length, 1, "how often the backend was asked");
    },
  },
  {
    id: "abort:no-further-attempt",
    behaviour: "After an abort the label function is not run again",
    source: "W22, W32",
    async check(context) {
      const reason = new Error("no longer wanted");
      const controller = new AbortController();
      let attempts = 0;
      const guard = await context.open({
        limits: { initialOutputBytes: 64 },
        backend() {
          attempts++;
          controller.abort(reason);
        },
      });
      const call = guard.runWith({ signal: controller.signal }, ask({ tool: "attempt" }), need(1000, 1000));
      await rejectsWith(call, reason, "the call");
      equal(attempts, 1, "how often the label function ran");
    },
  },
  {
    id: "abort:listeners-are-removed",
    behaviour: "A call leaves no listener on its signal, whether it succeeds or fails",
    source: "design 3",
    async check(context) {
      const { signal } = new AbortController();
      const listeners = countListeners(signal);
      const session = await context.session({ policyRequired: false, backend: () => 7 });
      const successes = [1, 2, 3].map(() =>
        session.labelResource(callRunning(ask(), returnStatus(0)), { signal }),
      );
      await Promise.allSettled(successes);
      await session.labelResource({ name: "plain" }, { signal });
      equal(listeners(), 0, "listeners in the end");
    },
  },
  {
    id: "abort:deadline-before-a-backend-call",
    behaviour:
      "When the deadline has passed the backend is not asked any more: -1, and the call ends with TIMEOUT",
    source: "W22, design 3",
    async check(context) {
      let questions = 0;
      const guard = await context.open({
        backend() {
          questions++;
          spendMilliseconds(60);
        },
      });
      const call = guard.runWith({ timeoutMs: 50 }, ask(), ask());
      await rejects(call, { code: "TIMEOUT", lost: true }, "the call");
      holds(questions <= 1, `the backend to be asked once, not ${questions} times`);
    },
  },
  {
    id: "abort:deadline-after-the-guest",
    behaviour:
      "An answer that comes after the deadline does not count: TIMEOUT, which says if the instance is lost",
    source: "W22, design 3, 4",
    async check(context) {
      const guard = await context.open({ backend: () => spendMilliseconds(60) });
      const call = guard.runWith({ timeoutMs: 50 }, ask(), write("answer"));
      const { lost } = await rejects(call, { code: "TIMEOUT" }, "the call");
      const next = guard.run(write("answer"));
      if (lost) await rejects(next, { code: "CLOSED", lost: true }, "the next call");
      else equal(await next, "answer", "the next call's answer");
    },
  },
  {
    id: "abort:reason-may-be-any-guard-error",
    behaviour: "An abort costs the instance also where its reason is a GuardError, which is passed on itself",
    source: "W22, W37, design 3",
    async check(context) {
      const reason = new GuardError("BUSY", "the caller's own");
      for (const ending of [write("answer"), trap("unreachable")]) {
        const controller = new AbortController();
        const session = await context.labeledSession({ backend: () => controller.abort(reason) });
        const call = session.labelResource(callRunning(ask(), ending), { signal: controller.signal });
        await rejectsWith(call, reason, "the call");
        equal(session.health, "lost", "the health of the session");
        equal(await runIn(session, countEntries), "2;", "how often the fresh guest was entered");
      }
    },
  },
  {
    id: "abort:deadline-before-an-attempt",
    behaviour: "A label function is not run again when the deadline has passed meanwhile: TIMEOUT",
    source: "W22, design 3",
    async check(context) {
      const guard = await context.open({
        limits: { initialOutputBytes: 64 },
        backend: () => spendMilliseconds(60),
      });
      const call = guard.runWith({ timeoutMs: 50 }, log(1, "attempt"), ask(), need(1000, 1000));
      await rejects(call, { code: "TIMEOUT" }, "the call");
      const attempts = guard.host.logs.length;
      holds(attempts <= 1, `the label function to run once, not ${attempts} times`);
    },
  },
  {
    id: "abort:at-the-last-moment",
    behaviour:
      "A guest that ends as soon as its backend has answered does not outrun an abort by the backend",
    source: "W22, design 3",
    async check(context) {
      for (const operation of ["label_resource", "label_response"] as const) {
        const reason = new Error("no longer wanted");
        const controller = new AbortController();
        const guard = await openAsking(context, () => controller.abort(reason));
        const call = guard.call(operation, program(), { signal: controller.signal });
        await rejectsWith(call, reason, "the call");
        equal(guard.host.questions.length, 1, "how often the backend was asked");
      }
    },
  },
  {
    id: "abort:deadline-at-the-last-moment",
    behaviour: "A guest that ends as soon as its backend has answered does not outrun its deadline: TIMEOUT",
    source: "W22, design 3",
    async check(context) {
      for (const operation of ["label_resource", "label_response"] as const) {
        const guard = await openAsking(context, () => spendMilliseconds(60));
        const call = guard.call(operation, program(), { timeoutMs: 50 });
        await rejects(call, { code: "TIMEOUT" }, "the call");
        const { length } = guard.host.questions;
        holds(length <= 1, `the backend to be asked once, not ${length} times`);
      }
    },
  },
];
