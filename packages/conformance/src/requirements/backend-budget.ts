import { equal } from "../assertions.js";
import { ask, need } from "../guest/program.js";
import type { Requirement } from "../requirement.js";

/** How often the guest may ask its backend. */
export const backendBudgetRequirements: readonly Requirement[] = [
  {
    id: "backend:budget",
    behaviour:
      "By default the guest may ask 50 times in one call; then it gets -1, and the backend is not asked",
    source: "spec 1.3",
    async check(context) {
      const guard = await context.open({ backend: () => 7 });
      const questions = Array.from({ length: 52 }, () => ask());
      equal(await guard.run(...questions), `${"1;7".repeat(50)}-1;-1;`, "the statuses");
      equal(guard.host.questions.length, 50, "how often the backend was asked");
    },
  },
  {
    id: "backend:budget-option",
    behaviour: "The number of backend calls is maxBackendCalls, and may be 0",
    source: "spec 1.3, design 2",
    async check(context) {
      const two = await context.open({ limits: { maxBackendCalls: 2 }, backend: () => 7 });
      equal(await two.run(ask(), ask(), ask()), "1;71;7-1;", "the statuses with a budget of 2");
      const none = await context.open({ limits: { maxBackendCalls: 0 } });
      equal(await none.run(ask()), "-1;", "the status with a budget of 0");
      equal(none.host.questions, [], "what the backend was asked");
    },
  },
  {
    id: "backend:budget-begins-anew",
    behaviour: "Each call has the whole budget of backend calls",
    source: "spec 1.5",
    async check(context) {
      const guard = await context.open({ limits: { maxBackendCalls: 1 }, backend: () => 7 });
      equal(await guard.run(ask(), ask()), "1;7-1;", "the first call");
      equal(await guard.run(ask(), ask()), "1;7-1;", "the second call");
    },
  },
  {
    id: "backend:budget-spans-attempts",
    behaviour: "The attempts of a call share one budget",
    source: "spec 1.3, 1.5",
    async check(context) {
      const limits = { initialOutputBytes: 64, maxBackendCalls: 2 };
      const guard = await context.open({ limits, backend: () => 7 });
      const attempt = [ask({ tool: "one" }), ask({ tool: "two" }), need(128, 128), ask({ tool: "three" })];
      equal(await guard.run(...attempt), "1;71;7-1;", "the statuses of the second attempt");
      equal(guard.host.questions.length, 2, "how often the backend was asked");
    },
  },
  {
    id: "backend:failure-uses-budget",
    behaviour: "A backend call that fails counts",
    source: "spec 1.3",
    async check(context) {
      const backend = () => {
        throw new Error("the backend is down");
      };
      const guard = await context.open({ limits: { maxBackendCalls: 1 }, backend });
      equal(await guard.run(ask(), ask()), "-1;-1;", "the statuses");
      equal(guard.host.questions.length, 1, "how often the backend was asked");
    },
  },
];
