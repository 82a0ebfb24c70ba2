import { equal, rejects } from "../assertions.js";
import { countEntries, growMemory, returnStatus, write } from "../guest/program.js";
import type { Requirement } from "../requirement.js";

/** What a label function's result means. */
export const statusRequirements: readonly Requirement[] = [
  {
    id: "status:negative-is-the-guards-error",
    behaviour:
      "A negative status other than -2 is an error of the guard: GUEST_ERROR, with the code in the message",
    source: "spec 1.8, 1.9",
    async check(context) {
      const guard = await context.open();
      for (const status of [-1, -3, -70_000, -2_147_483_648]) {
        const expected = { code: "GUEST_ERROR", lost: false, says: String(status) } as const;
        await rejects(guard.run(returnStatus(status)), expected, `a status of ${status}`);
      }
    },
  },
  {
    id: "status:error-costs-nothing",
    behaviour: "After an error code the instance goes on, with its state",
    source: "spec 1.10",
    async check(context) {
      const guard = await context.open();
      await rejects(guard.run(returnStatus(-1)), { code: "GUEST_ERROR", lost: false }, "the call");
      equal(await guard.run(countEntries), "2;", "how often the guest was entered");
    },
  },
  {
    id: "status:error-is-not-retried",
    behaviour: "An error code ends the call: the label function runs once",
    source: "spec 1.8",
    async check(context) {
      const guard = await context.open({ limits: { initialOutputBytes: 64 } });
      await rejects(guard.run(returnStatus(-3)), { code: "GUEST_ERROR" }, "the call");
      equal(await guard.run(countEntries), "2;", "how often the guest was entered");
    },
  },
  {
    id: "status:length-beyond-the-buffer",
    behaviour:
      "A length beyond the buffer breaks the ABI, though memory goes on behind it: PROTOCOL, instance lost",
    source: "spec 1.8, W28",
    async check(context) {
      const guard = await context.open({ limits: { initialOutputBytes: 64 } });
      const call = guard.run(growMemory(1), returnStatus(65));
      await rejects(call, { code: "PROTOCOL", lost: true }, "65 bytes in a buffer of 64");
    },
  },
  {
    id: "status:length-beyond-the-memory",
    behaviour: "A length beyond the memory breaks the ABI: PROTOCOL, instance lost",
    source: "spec 1.8, W28",
    async check(context) {
      const guard = await context.open();
      const call = guard.run(returnStatus(2_147_483_647));
      await rejects(call, { code: "PROTOCOL", lost: true }, "a status of 2^31 - 1");
    },
  },
  {
    id: "status:broken-instance-is-not-used-again",
    behaviour: "After a breach of the ABI the channel refuses calls, and the guest is not entered",
    source: "W28",
    async check(context) {
      const guard = await context.open();
      await rejects(guard.run(returnStatus(1_000_000)), { code: "PROTOCOL", lost: true }, "the call");
      await rejects(guard.run(write("answer")), { code: "CLOSED", lost: true }, "the next call");
    },
  },
];
