import { GuardError } from "@guardhost/core";
import { equal, holds, rejects, rejectsWith } from "../assertions.js";
import type { CheckContext, OpenOptions } from "../check-context.js";
import { ask, countEntries, need, program, write } from "../guest/program.js";
import type { OpenGuard } from "../open-guard.js";
import type { Requirement } from "../requirement.js";
import { runIn } from "../session-programs.js";
import { deferred, later, passDeadline, underWay } from "../waiting.js";

const NEEDS = ["asyncBackend"] as const;

/** Opens a guard whose backend never answers, and sees that backend's signal abort with the deadline that `call` runs into. */
function passDeadlineOfBackend(
  context: CheckContext,
  options: OpenOptions,
  call: (guard: OpenGuard, timeoutMs: number) => Promise<void>,
): Promise<void> {
  return passDeadline(async (timeoutMs) => {
    const seen = deferred<unknown>();
    const guard = await context.open({
      ...options,
      backend(_tool, _args, { signal }) {
        signal.addEventListener("abort", () => seen.resolve(signal.reason));
        return new Promise(() => undefined);
      },
    });
    await call(guard, timeoutMs);
    if (guard.host.questions.length === 0) return false;
    holds(GuardError.is(await seen.promise, "TIMEOUT"), "the backend's signal to abort with a TIMEOUT");
    return true;
  });
}

/** A backend that answers with a promise. */
export const asyncBackendRequirements: readonly Requirement[] = [
  {
    id: "async:result",
    behaviour: "The guest waits for a backend that returns a promise, and gets its result",
    source: "spec 1.15, design 3",
    needs: NEEDS,
    async check(context) {
      const guard = await context.open({ backend: (tool) => later(`from ${tool}`) });
      const answer = await guard.run(ask({ tool: "a" }), ask({ tool: "b" }));
      equal(answer, '8;"from a"8;"from b"', "the results");
    },
  },
  {
    id: "async:thenable",
    behaviour: "Anything with a then method counts as a promise",
    source: "design 2",
    needs: NEEDS,
    async check(context) {
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
      const thenable = { then: (settle: (value: unknown) => void) => settle("thenable") };
      const guard = await context.open({ backend: () => thenable });
      equal(await guard.run(ask()), '10;"thenable"', "the result");
    },
  },
  {
    id: "async:rejection",
    behaviour: "A promise that rejects answers -1, and the call goes on",
    source: "spec 1.3",
    needs: NEEDS,
    async check(context) {
      const guard = await context.open({ backend: () => Promise.reject(new Error("the backend is down")) });
      equal(await guard.run(ask(), write("on")), "-1;on", "the status");
    },
  },
  {
    id: "async:result-without-json",
    behaviour: "A promised result that JSON cannot express answers -1",
    source: "spec 1.3",
    needs: NEEDS,
    async check(context) {
      const guard = await context.open({ backend: () => later(1n) });
      equal(await guard.run(ask()), "-1;", "the status");
    },
  },
  {
    id: "async:result-is-kept",
    behaviour: "A promised result that did not fit is kept; the backend is asked once, over all attempts",
    source: "W32, W39",
    needs: NEEDS,
    async check(context) {
      const limits = { initialOutputBytes: 64, maxBackendCalls: 1 };
      const guard = await context.open({ limits, backend: () => later("result") });
      equal(await guard.run(ask({ capacity: 4 }), ask(), need(128, 128)), '-2;8;8;"result"', "the statuses");
      equal(guard.host.questions.length, 1, "how often the backend was asked");
    },
  },
  {
    id: "async:other-instances-go-on",
    behaviour: "While one guest waits for its backend, other instances run",
    source: "W35",
    needs: NEEDS,
    async check(context) {
      // Sessions, because an engine may give up the instance that shares a thread with the waiting one.
      const guard = await context.load({ policyRequired: false });
      const answer = deferred<number>();
      const call = underWay(runIn(guard.session({ backend: () => answer.promise }), ask()));
      equal(await runIn(guard.session(), countEntries), "1;", "the other guest's answer");
      answer.resolve(7);
      equal(await call, "1;7", "the waiting guest's answer");
    },
  },
  {
    id: "async:abort-while-waiting",
    behaviour: "An abort while the guest waits for its backend rejects the call with signal.reason",
    source: "W22, design 3",
    needs: NEEDS,
    async check(context) {
      const reason = new Error("no longer wanted");
      const controller = new AbortController();
      const backend = () => {
        setTimeout(() => controller.abort(reason), 1);
        return new Promise(() => undefined);
      };
      const guard = await context.open({ backend });
      await rejectsWith(guard.runWith({ signal: controller.signal }, ask()), reason, "the call");
    },
  },
  {
    id: "async:abort-reaches-the-backend",
    behaviour: "The backend's signal aborts with the call's, and with its reason",
    source: "W22, spec 1.3",
    needs: NEEDS,
    async check(context) {
      const reason = new Error("no longer wanted");
      const controller = new AbortController();
      const seen = deferred<unknown>();
      const guard = await context.open({
        backend(_tool, _args, { signal }) {
          equal(signal.aborted, false, "whether the backend's signal is aborted at first");
          signal.addEventListener("abort", () => seen.resolve(signal.reason));
          setTimeout(() => controller.abort(reason), 1);
          return new Promise(() => undefined);
        },
      });
      await rejectsWith(guard.runWith({ signal: controller.signal }, ask()), reason, "the call");
      holds((await seen.promise) === reason, "the reason of the backend's signal to be the caller's");
    },
  },
  {
    id: "async:deadline-while-waiting",
    behaviour:
      "A deadline that passes while the guest waits for its backend ends the call: TIMEOUT, instance lost",
    source: "W22, design 3",
    needs: NEEDS,
    check: (context) =>
      passDeadlineOfBackend(context, {}, async (guard, timeoutMs) => {
        await rejects(guard.runWith({ timeoutMs }, ask()), { code: "TIMEOUT", lost: true }, "the call");
      }),
  },
  {
    id: "async:deadline-at-the-last-moment",
    behaviour:
      "A deadline that passes while the guest waits is told to the backend, though the guest ends at once: TIMEOUT",
    source: "W22, design 3",
    needs: NEEDS,
    async check(context) {
      const asking = { guest: "asking", limits: { allowDirectMemory: true } } as const;
      await passDeadlineOfBackend(context, asking, async (guard, timeoutMs) => {
        await rejects(
          guard.call("label_response", program(), { timeoutMs }),
          { code: "TIMEOUT" },
          "the call",
        );
      });
    },
  },
  {
    id: "async:close-while-waiting",
    behaviour:
      "Closing a channel ends the call that waits for its backend: CLOSED, and the backend's signal aborts",
    source: "W42, spec 1.10",
    needs: NEEDS,
    async check(context) {
      const asked = deferred<AbortSignal>();
      const guard = await context.open({
        backend(_tool, _args, { signal }) {
          asked.resolve(signal);
          return new Promise(() => undefined);
        },
      });
      const ended = underWay(rejects(guard.run(ask()), { code: "CLOSED", lost: true }, "the call"));
      const signal = await asked.promise;
      await guard.channel.close();
      await ended;
      equal(signal.aborted, true, "whether the backend's signal is aborted");
    },
  },
  {
    id: "async:late-answer-is-ignored",
    behaviour: "An answer of the backend that comes after the call has ended changes nothing",
    source: "W42",
    needs: NEEDS,
    async check(context) {
      const answer = deferred<string>();
      const guard = await context.open({ backend: () => answer.promise });
      await rejects(guard.runWith({ timeoutMs: 30 }, ask()), { code: "TIMEOUT", lost: true }, "the call");
      answer.resolve("late");
      await later(undefined);
      await rejects(
        guard.call("label_resource", program(ask())),
        { code: "CLOSED", lost: true },
        "the next call",
      );
    },
  },
  {
    id: "async:refused",
    behaviour:
      "Where a guest cannot wait, a backend that returns a promise fails the call with ENGINE_UNAVAILABLE",
    source: "spec 1.15, design 4",
    needsNot: ["asyncBackend"],
    async check(context) {
      const guard = await context.open({ backend: () => Promise.resolve("too late") });
      await rejects(guard.run(ask(), write("on")), { code: "ENGINE_UNAVAILABLE", lost: false }, "the call");
      equal(await guard.run(write("answer")), "answer", "the next call's answer");
    },
  },
  {
    id: "async:refused-rejection-is-handled",
    behaviour: "A refused promise that rejects later ends nothing: the call has failed already",
    source: "spec 1.15, design 3",
    needsNot: ["asyncBackend"],
    async check(context) {
      const guard = await context.open({ backend: () => Promise.reject(new Error("the backend is down")) });
      await rejects(guard.run(ask()), { code: "ENGINE_UNAVAILABLE", lost: false }, "the call");
      // An unhandled rejection would end the process, or the test run, in this turn of the event loop.
      await later(undefined);
    },
  },
];
