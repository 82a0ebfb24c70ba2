import { defaultLimits, type GuardLimits } from "@guardhost/core";
import { equal, rejects } from "../assertions.js";
import type { CheckContext } from "../check-context.js";
import {
  type Command,
  countEntries,
  need,
  needAndSpoilInput,
  returnStatus,
  tellCapacity,
  traceEntries,
  write,
} from "../guest/program.js";
import { type OpenGuard, parseEntry } from "../open-guard.js";
import type { Requirement } from "../requirement.js";

const TOO_SMALL = returnStatus(-2);

async function openTraced(context: CheckContext, limits: Partial<GuardLimits>): Promise<OpenGuard> {
  const guard = await context.open({ limits });
  await guard.run(traceEntries);
  guard.entries();
  return guard;
}

/** The output capacities that a label function was called with. */
function capacities(guard: OpenGuard): number[] {
  return guard
    .entries()
    .map(parseEntry)
    .filter(({ name }) => name.startsWith("label_"))
    .map(({ numbers }) => numbers[3] as number);
}

/** The capacities of the attempts of a call that succeeds. */
async function attemptsOf(
  context: CheckContext,
  limits: Partial<GuardLimits>,
  ...commands: readonly Command[]
): Promise<number[]> {
  const guard = await openTraced(context, limits);
  equal(await guard.run(...commands, write("done")), "done", "the answer");
  return capacities(guard);
}

/** The capacities of the attempts of a call that fails because nothing is large enough. */
async function attemptsInVain(
  context: CheckContext,
  limits: Partial<GuardLimits>,
  command: Command,
): Promise<number[]> {
  const guard = await openTraced(context, limits);
  await rejects(guard.run(command), { code: "OUTPUT_TOO_LARGE", lost: false }, "the call");
  return capacities(guard);
}

/** An answer that does not fit is asked for again with a larger buffer. */
export const retryRequirements: readonly Requirement[] = [
  {
    id: "retry:hint-is-followed",
    behaviour: "After -2 with a size, the label function runs again with a buffer of that size",
    source: "spec 1.8",
    async check(context) {
      const attempts = await attemptsOf(context, { initialOutputBytes: 64 }, need(1000, 1000));
      equal(attempts, [64, 1000], "the capacities");
    },
  },
  {
    id: "retry:hint-is-unsigned-little-endian",
    behaviour: "The size is an unsigned little-endian 32-bit number in the first four bytes of the output",
    source: "spec 1.8",
    async check(context) {
      const attempts = await attemptsOf(context, { initialOutputBytes: 64 }, need(0x0403, 0x0403));
      equal(attempts, [64, 0x0403], "the capacities");
    },
  },
  {
    id: "retry:without-hint-doubles",
    behaviour: "After -2 with a size of 0, the buffer doubles",
    source: "spec 1.8",
    async check(context) {
      equal(
        await attemptsOf(context, { initialOutputBytes: 64 }, need(256, 0)),
        [64, 128, 256],
        "the capacities",
      );
    },
  },
  {
    id: "retry:stale-bytes-are-no-hint",
    behaviour:
      "The first four bytes of the output buffer are zero when the guest is entered, whatever alloc left there",
    source: "spec 1.8, W27",
    async check(context) {
      // The suite's allocator hands out memory full of blanks, which would ask for 512 MiB.
      equal(
        await attemptsOf(context, { initialOutputBytes: 64 }, need(256)),
        [64, 128, 256],
        "the capacities",
      );
    },
  },
  {
    id: "retry:smaller-hint-is-ignored",
    behaviour: "A size that is smaller than the buffer is ignored, and the buffer doubles",
    source: "W27",
    async check(context) {
      equal(
        await attemptsOf(context, { initialOutputBytes: 64 }, need(128, 63)),
        [64, 128],
        "the capacities",
      );
    },
  },
  {
    id: "retry:equal-hint-is-ignored",
    behaviour: "A size that is no larger than the buffer is ignored, and the buffer doubles",
    source: "W27",
    async check(context) {
      equal(
        await attemptsOf(context, { initialOutputBytes: 64 }, need(128, 64)),
        [64, 128],
        "the capacities",
      );
    },
  },
  {
    id: "retry:larger-hint-is-clamped",
    behaviour: "A size beyond maxOutputBytes is tried with maxOutputBytes",
    source: "W27",
    async check(context) {
      const limits = { initialOutputBytes: 64, maxOutputBytes: 5000 };
      equal(await attemptsOf(context, limits, need(5000, 5001)), [64, 5000], "the capacities");
      equal(await attemptsOf(context, limits, need(5000, 0xffffffff)), [64, 5000], "the capacities");
    },
  },
  {
    id: "retry:doubling-is-clamped",
    behaviour: "Doubling stops at maxOutputBytes",
    source: "spec 1.8, W27",
    async check(context) {
      const limits = { initialOutputBytes: 64, maxOutputBytes: 100 };
      equal(await attemptsOf(context, limits, need(100, 0)), [64, 100], "the capacities");
    },
  },
  {
    id: "retry:three-attempts",
    behaviour:
      "By default a label function runs at most three times; then the call fails with OUTPUT_TOO_LARGE",
    source: "spec 1.8",
    async check(context) {
      const attempts = await attemptsInVain(context, { initialOutputBytes: 64 }, need(50_000, 0));
      equal(attempts, [64, 128, 256], "the capacities");
    },
  },
  {
    id: "retry:max-attempts",
    behaviour: "The number of attempts is maxAttempts",
    source: "spec 1.8, design 2",
    async check(context) {
      const once = await attemptsInVain(context, { initialOutputBytes: 64, maxAttempts: 1 }, TOO_SMALL);
      equal(once, [64], "the capacities of one attempt");
      const often = await attemptsInVain(
        context,
        { initialOutputBytes: 64, maxAttempts: 5 },
        need(50_000, 0),
      );
      equal(often, [64, 128, 256, 512, 1024], "the capacities of five attempts");
    },
  },
  {
    id: "retry:maximum-is-the-end",
    behaviour: "A guard that wants more than maxOutputBytes is not asked again: OUTPUT_TOO_LARGE",
    source: "spec 1.8",
    async check(context) {
      const limits = { initialOutputBytes: 64, maxOutputBytes: 128, maxAttempts: 5 };
      equal(await attemptsInVain(context, limits, TOO_SMALL), [64, 128], "the capacities");
    },
  },
  {
    id: "retry:default-capacities",
    behaviour: "By default the buffer has 4 MiB, then 8 MiB, then 16 MiB",
    source: "spec 1.8",
    async check(context) {
      const { initialOutputBytes, maxOutputBytes } = defaultLimits;
      const limits = { initialOutputBytes, maxOutputBytes };
      const attempts = await attemptsInVain(context, limits, TOO_SMALL);
      equal(attempts, [4_194_304, 8_388_608, 16_777_216], "the capacities");
    },
  },
  {
    id: "retry:input-is-written-again",
    behaviour: "Each attempt gets the whole input, whatever the one before did to it",
    source: "spec 1.8",
    async check(context) {
      const attempts = await attemptsOf(context, { initialOutputBytes: 64 }, needAndSpoilInput(128));
      equal(attempts, [64, 128], "the capacities");
    },
  },
  {
    id: "retry:whole-answer-arrives",
    behaviour: "The answer of a later attempt is the answer of the call, at its full length",
    source: "spec 1.8",
    async check(context) {
      const guard = await context.open({ limits: { initialOutputBytes: 64 } });
      const answer = "0123456789".repeat(100);
      equal(await guard.run(write(answer)), answer, "an answer of 1,000 bytes");
    },
  },
  {
    id: "retry:every-call-begins-small",
    behaviour: "Each call begins with initialOutputBytes, whatever the last one needed",
    source: "spec 1.8",
    async check(context) {
      const guard = await context.open({ limits: { initialOutputBytes: 64 } });
      await guard.run(need(1000, 1000));
      equal(await guard.run(tellCapacity), "64;", "the capacity of the next call");
    },
  },
  {
    id: "retry:failure-costs-nothing",
    behaviour: "After OUTPUT_TOO_LARGE the instance goes on, with its state",
    source: "spec 1.10",
    async check(context) {
      const guard = await context.open({ limits: { initialOutputBytes: 64, maxAttempts: 2 } });
      await rejects(guard.run(TOO_SMALL), { code: "OUTPUT_TOO_LARGE", lost: false }, "the call");
      equal(await guard.run(countEntries), "3;", "how often the guest was entered");
    },
  },
];
