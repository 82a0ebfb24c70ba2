import { equal, holds, rejects, rejectsWith } from "../assertions.js";
import { POLICY } from "../check-context.js";
import { countEntries, program, spin } from "../guest/program.js";
import type { Requirement } from "../requirement.js";
import { callRunning, runIn } from "../session-programs.js";

/** Guests that would run for ever. */
export const interruptRequirements: readonly Requirement[] = [
  {
    id: "interrupt:deadline",
    behaviour: "A deadline stops a guest that runs for ever: TIMEOUT, and the instance is lost",
    source: "W22, design 4",
    needs: ["interruptible"],
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
    needs: ["interruptible", "timeSliced"],
    async check(context) {
      const guard = await context.open();
      const reason = new Error("no longer wanted");
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 5);
      const call = guard.call("label_resource", program(spin), { signal: controller.signal });
      await rejectsWith(call, reason, "the call");
    },
  },
  {
    id: "interrupt:others-go-on",
    behaviour: "Stopping one guest harms no other: a session next to it keeps its instance and its policy",
    source: "W22, W35",
    needs: ["interruptible"],
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
    id: "interrupt:event-loop-turns",
    behaviour: "While a guest computes, timers of the caller fire",
    source: "design 4",
    needs: ["interruptible", "timeSliced"],
    async check(context) {
      const guard = await context.open();
      let fired = false;
      setTimeout(() => {
        fired = true;
      }, 1);
      await rejects(guard.runWith({ timeoutMs: 100 }, spin), { code: "TIMEOUT" }, "the call");
      holds(fired, "a timer of 1 ms to have fired before a deadline of 100 ms");
    },
  },
];
