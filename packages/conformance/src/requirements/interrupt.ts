import { nextTurn } from "@guardhost/core";
import { equal, holds, rejects, rejectsWith } from "../assertions.js";
import { POLICY } from "../check-context.js";
import { ask, compute, countEntries, runForEver, spin, traceEntries, write } from "../guest/program.js";
import type { Requirement } from "../requirement.js";
import { callRunning, runIn } from "../session-programs.js";
import { abortOnTick, countTicks, underWay } from "../waiting.js";

const NEEDS = ["interruptible"] as const;

/** For what takes an event of the caller's while a guest runs. */
const NEEDS_SLICES = ["interruptible", "timeSliced"] as const;

/** Turns of a loop that are over long before a slice is, and how often they are done: much longer than a timer takes. */
const SHORT = 750_000;
const SHORT_PIECES = 60;
/** Turns of a loop in which a guest shows how fast it is, and the deadline of a call that goes on differently until then. */
const FAST = 400_000;
const FAST_TIMEOUT_MS = 10;

/** Which way of `endless.wat` is to wait for 1,024 clocks at a time: that is the most work that one call makes. */
const POLLING = 11;

/** Calls that are aborted in a row. */
const MANY = 200;

/** Aborts and deadlines that stop a running guest, and what is left of it. */
export const interruptRequirements: readonly Requirement[] = [
  {
    id: "interrupt:deadline",
    behaviour: "A deadline stops a guest that runs for ever: TIMEOUT, and the instance is lost",
    source: "W22, design 4",
    needs: NEEDS,
    async check(context) {
      const guard = await context.open();
      await rejects(guard.runWith({ timeoutMs: 20 }, spin), { code: "TIMEOUT", lost: true }, "the call");
      await rejects(guard.run(countEntries), { code: "CLOSED", lost: true }, "the next call");
    },
  },
  {
    id: "interrupt:abort",
    behaviour: "An abort stops a guest that runs for ever, and the call rejects with signal.reason",
    source: "W22, design 4",
    needs: NEEDS_SLICES,
    async check(context) {
      const guard = await context.open();
      const { signal, reason } = abortOnTick(1);
      await rejectsWith(guard.runWith({ signal }, spin), reason, "the call");
      await rejects(guard.run(countEntries), { code: "CLOSED", lost: true }, "the next call");
    },
  },
  {
    id: "interrupt:abort-by-the-backend",
    behaviour:
      "A guest that runs on for ever after its backend has aborted the call is stopped: signal.reason",
    source: "W22, design 4",
    needs: NEEDS,
    async check(context) {
      const controller = new AbortController();
      const reason = new Error("no longer wanted");
      const guard = await context.open({ backend: () => controller.abort(reason) });
      await rejectsWith(guard.runWith({ signal: controller.signal }, ask(), spin), reason, "the call");
      await rejects(guard.run(countEntries), { code: "CLOSED", lost: true }, "the next call");
    },
  },
  {
    id: "interrupt:nothing-is-freed",
    behaviour: "In a guest that was stopped no code runs any more, dealloc included",
    source: "W31, design 4",
    needs: NEEDS,
    async check(context) {
      const guard = await context.open();
      await guard.run(traceEntries);
      guard.entries();
      await rejects(guard.runWith({ timeoutMs: 20 }, spin), { code: "TIMEOUT", lost: true }, "the call");
      const entered = guard.entries().map((entry) => entry.split(" ")[0]);
      // An engine may have nothing to show of a call that it has cut short.
      const expected = ["alloc", "alloc", "label_resource"].slice(0, entered.length);
      equal(entered, expected, "what entered the guest");
    },
  },
  {
    id: "interrupt:others-go-on",
    behaviour: "Stopping one guest harms no other: a session next to it keeps its instance and its policy",
    source: "W22, W35",
    needs: NEEDS,
    async check(context) {
      const guard = await context.load();
      const [stopped, other] = [guard.session(), guard.session()];
      await Promise.all([stopped.labelAgent(POLICY), other.labelAgent(POLICY)]);
      const call = stopped.labelResource(callRunning(spin), { timeoutMs: 20 });
      await rejects(call, { code: "TIMEOUT", lost: true }, "the call");
      equal(await runIn(other, countEntries), "2;", "how often the other guest was entered");
    },
  },
  {
    id: "interrupt:others-answer-meanwhile",
    behaviour: "While one guest runs for ever, other sessions of its guard are answered",
    source: "W35, design 4",
    needs: NEEDS_SLICES,
    async check(context) {
      const guard = await context.load({ policyRequired: false });
      const [running, other] = [guard.session(), guard.session()];
      // Opens the instance: an abort meanwhile would need no guest to be stopped.
      await runIn(running, countEntries);
      const controller = new AbortController();
      const { signal } = controller;
      const reason = new Error("no longer wanted");
      const call = running.labelResource(callRunning(spin), { signal });
      const ended = underWay(rejectsWith(call, reason, "the call"));
      for (const answer of ["one", "two", "three"]) {
        equal(await runIn(other, write(answer)), answer, "the answer of another session");
      }
      controller.abort(reason);
      await ended;
    },
  },
  {
    id: "interrupt:several-at-once",
    behaviour: "Several guests that run for ever at the same time are stopped one by one, in any order",
    source: "W22, W35, design 4",
    needs: NEEDS_SLICES,
    async check(context) {
      const guard = await context.load({ policyRequired: false });
      const sessions = [guard.session(), guard.session()];
      // Opens the instances: an abort meanwhile would need no guest to be stopped.
      for (const session of sessions) await runIn(session, countEntries);
      const calls = sessions.map((session, index) => {
        const name = index === 0 ? "first" : "second";
        const controller = new AbortController();
        const reason = new Error(name);
        const { signal } = controller;
        const call = session.labelResource(callRunning(spin), { signal });
        const ended = underWay(rejectsWith(call, reason, `the ${name} call`));
        return { controller, reason, ended };
      });
      await nextTurn();
      for (const { controller, reason, ended } of calls.toReversed()) {
        controller.abort(reason);
        await ended;
      }
    },
  },
  {
    id: "interrupt:long-calls-are-answered",
    behaviour: "A guest that computes for long and has the time for it is answered, and keeps its instance",
    source: "W22, design 4",
    async check(context) {
      const guard = await context.open();
      for (const entries of [1, 2]) {
        const answer = await guard.runWith({ timeoutMs: 10_000 }, compute(50_000_000), countEntries);
        equal(answer, `${entries};`, "how often the guest was entered");
      }
    },
  },
  {
    id: "interrupt:event-loop-turns",
    behaviour: "While a guest computes, timers of the caller keep firing",
    source: "design 4",
    needs: NEEDS_SLICES,
    async check(context) {
      const guard = await context.open();
      const ticks = countTicks(10);
      try {
        await rejects(guard.runWith({ timeoutMs: 300 }, spin), { code: "TIMEOUT" }, "the call");
      } finally {
        ticks.stop();
      }
      holds(ticks.count >= 3, `a timer of 10 ms to fire 3 times or more within 300 ms, not ${ticks.count}`);
    },
  },
  {
    id: "interrupt:turns-between-backend-calls",
    behaviour:
      "A guest that computes between calls of a backend that answers at once does not keep timers from firing",
    source: "design 4",
    needs: [...NEEDS_SLICES, "asyncBackend"],
    async check(context) {
      const guard = await context.open({ backend: async () => null });
      const { signal, reason } = abortOnTick(1);
      const work = Array.from({ length: SHORT_PIECES }, () => [compute(SHORT), ask()]).flat();
      await rejectsWith(guard.runWith({ signal }, ...work), reason, "the call");
    },
  },
  {
    id: "interrupt:turns-between-calls",
    behaviour: "Many short calls, one after the other, do not keep timers from firing",
    source: "design 4",
    needs: NEEDS_SLICES,
    async check(context) {
      const session = await context.session({ policyRequired: false });
      await runIn(session, countEntries);
      const { signal, reason } = abortOnTick(1);
      const calls = Array.from({ length: SHORT_PIECES }, () =>
        session.labelResource(callRunning(compute(SHORT)), { signal }).catch((error) => error),
      );
      equal((await Promise.all(calls)).at(-1), reason, "how the last call ended");
    },
  },
  {
    id: "interrupt:host-work-counts",
    behaviour:
      "A guest that has been fast gets no more time for work that its host does for it: it stops at its deadline",
    source: "design 4",
    needs: NEEDS,
    async check(context) {
      const compiled = await context.compile("endless");
      const latenesses: number[] = [];
      // Once has to do: the machine may be busy, and an engine that is late always is.
      for (let attempt = 0; attempt < 20 && !latenesses.some((lateness) => lateness < 12); attempt++) {
        const guard = await context.openCompiled(compiled);
        const deadline = performance.now() + FAST_TIMEOUT_MS;
        // Before anything can tell that the guest is not that fast any more.
        const call = guard.runWith({ timeoutMs: FAST_TIMEOUT_MS }, compute(FAST), runForEver(POLLING));
        const { lost } = await rejects(call, { code: "TIMEOUT" }, "the call");
        // The guest was not even entered, if it is not.
        if (lost) latenesses.push(performance.now() - deadline);
      }
      const found = latenesses.length > 0 ? latenesses : "in any of 20 tries: it was not entered in time";
      holds(Math.min(...latenesses) < 12, `to stop within 12 ms of its deadline, not ${found}`);
    },
  },
  {
    id: "interrupt:many-aborts",
    behaviour: `A session works after ${MANY} calls in a row that were aborted while their guest ran for ever`,
    source: "W22, W23, design 4",
    needs: NEEDS,
    async check(context) {
      let abort = (): void => undefined;
      const session = await context.session({ policyRequired: false, backend: () => abort() });
      for (let call = 1; call <= MANY; call++) {
        const controller = new AbortController();
        const reason = new Error(`no longer wanted: ${call}`);
        abort = () => controller.abort(reason);
        const running = session.labelResource(callRunning(ask(), spin), { signal: controller.signal });
        await rejectsWith(running, reason, `call ${call}`);
      }
      equal(await runIn(session, countEntries), "1;", "how often the fresh guest was entered");
    },
  },
  {
    id: "interrupt:many-aborts-by-timers",
    behaviour: `A session works after ${MANY} calls in a row that timers have aborted while their guest ran for ever`,
    source: "W22, W23, design 4",
    needs: NEEDS_SLICES,
    async check(context) {
      const session = await context.session({ policyRequired: false });
      for (let call = 1; call <= MANY; call++) {
        const controller = new AbortController();
        const reason = new Error(`no longer wanted: ${call}`);
        setTimeout(() => controller.abort(reason), 1);
        const running = session.labelResource(callRunning(spin), { signal: controller.signal });
        await rejectsWith(running, reason, `call ${call}`);
      }
      equal(await runIn(session, countEntries), "1;", "how often the fresh guest was entered");
    },
  },
];
