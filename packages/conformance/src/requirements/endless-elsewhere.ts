import type { GuardOperation } from "@guardhost/core";
import { equal, holds, rejects, rejectsWith } from "../assertions.js";
import { POLICY } from "../check-context.js";
import { breakAlloc, breakDealloc, program, write } from "../guest/program.js";
import type { Requirement } from "../requirement.js";
import { trackChannels } from "../track-channels.js";
import { abortOnTick, later } from "../waiting.js";

const TIMEOUT = { code: "TIMEOUT", lost: true } as const;

/** Milliseconds of a deadline that comes too late to be what ended a guest's allocator. */
const LONG_MS = 5000;

/** Guests that run for ever before their label function is called, in the functions around it, or in one long stretch. */
export const endlessElsewhereRequirements: readonly Requirement[] = [
  ...(
    [
      ["start-section", "endlessAtStart", "A start section"],
      ["initialize", "endlessInInitialize", "An _initialize"],
    ] as const
  ).flatMap(([name, guest, what]): Requirement[] => [
    {
      id: `endless:${name}`,
      behaviour: `${what} that runs for ever keeps an instance from being opened in time: TIMEOUT`,
      source: "W22, W33, design 4",
      needs: ["interruptible"],
      async check(context) {
        const compiled = await context.compile(guest);
        const opening = context.openCompiled(compiled, undefined, { timeoutMs: 30 });
        await rejects(opening, { code: "TIMEOUT" }, "opening");
      },
    },
    {
      id: `endless:${name}-aborted`,
      behaviour: `${what} that runs for ever lets timers fire, and ends with an abort that comes from one`,
      source: "W22, W33, design 4",
      needs: ["interruptible", "timeSliced"],
      async check(context) {
        const compiled = await context.compile(guest);
        const { signal, reason } = abortOnTick(4);
        const opening = context.openCompiled(compiled, undefined, { signal, timeoutMs: LONG_MS });
        await rejectsWith(opening, reason, "opening");
      },
    },
    {
      id: `endless:${name}-of-a-session`,
      behaviour: `${what} that runs for ever ends with the deadline of the call that opens the instance`,
      source: "W22, W33, design 3, 4",
      needs: ["interruptible"],
      async check(context) {
        const { engine, opening } = trackChannels(context.engine);
        const session = await context.session({ engine, guest });
        await rejects(session.labelAgent(POLICY, { timeoutMs: 30 }), { code: "TIMEOUT" }, "the call");
        // A guest that nobody waits for must not go on behind the scenes either.
        while (opening() > 0) await later(undefined);
      },
    },
  ]),
  ...(
    [
      ["alloc-of-the-input", breakAlloc(1, "spin")],
      ["alloc-of-the-output", breakAlloc(2, "spin")],
    ] as const
  ).map(
    ([name, fault]): Requirement => ({
      id: `endless:${name}`,
      behaviour: `An ${name.replaceAll("-", " ")} that runs for ever ends long before the call's deadline: TIMEOUT`,
      source: "W22, W30, design 4",
      needs: ["interruptible"],
      async check(context) {
        const guard = await context.open();
        await guard.run(fault);
        const call = guard.runWith({ timeoutMs: LONG_MS }, write("answer"));
        const { message } = await rejects(call, TIMEOUT, "the call");
        holds(/\balloc\b/.test(message), `the error to name alloc: ${message}`);
        await rejects(guard.run(), { code: "CLOSED", lost: true }, "the next call");
      },
    }),
  ),
  {
    id: "endless:dealloc",
    behaviour: "A dealloc that runs for ever ends long before the call's deadline: TIMEOUT",
    source: "W22, W31, design 4",
    needs: ["interruptible"],
    async check(context) {
      const guard = await context.open();
      const call = guard.runWith({ timeoutMs: LONG_MS }, breakDealloc(1, "spin"), write("answer"));
      await rejects(call, { ...TIMEOUT, says: "dealloc" }, "the call");
      await rejects(guard.run(), { code: "CLOSED", lost: true }, "the next call");
    },
  },
  ...(
    [
      ["memory-fills", "label_agent", "fills of a whole memory"],
      ["memory-copies", "label_resource", "copies of a whole memory"],
      ["table-fills", "label_response", "fills of a large table"],
    ] as const satisfies readonly (readonly [string, GuardOperation, string])[]
  ).map(
    ([name, operation, what]): Requirement => ({
      id: `endless:straight-line-of-${name}`,
      behaviour: `A guest is stopped between ${what}, without a loop or a call between them`,
      source: "W22, design 4",
      needs: ["interruptible"],
      async check(context) {
        const guard = await context.open({ guest: "straightLine" });
        await rejects(guard.call(operation, program(), { timeoutMs: 30 }), TIMEOUT, "the call");
        equal(guard.host.logs, [], "what the guest logged once it was through");
      },
    }),
  ),
];
