import type { GuardLimits } from "@guardhost/core";
import { equal, rejects } from "../assertions.js";
import type { CheckContext } from "../check-context.js";
import {
  address,
  breakAlloc,
  breakDealloc,
  type Command,
  countEntries,
  exit,
  INITIAL_PAGES,
  need,
  program,
  returnStatus,
  traceEntries,
  trap,
  write,
} from "../guest/program.js";
import { type OpenGuard, parseEntry } from "../open-guard.js";
import type { Requirement } from "../requirement.js";

/** Bytes of the output buffer. */
const OUTPUT = 64;

/** Where the guard's memory ends once small buffers have been allocated. */
const MEMORY_END = (INITIAL_PAGES + 1) * 65_536;

const LIMITS = { initialOutputBytes: OUTPUT, maxOutputBytes: 4096 } satisfies Partial<GuardLimits>;

async function openTraced(context: CheckContext): Promise<OpenGuard> {
  const guard = await context.open({ limits: LIMITS });
  await guard.run(traceEntries);
  guard.entries();
  return guard;
}

/** What enters the guest in an attempt with a buffer of `output` bytes, buffers given back. */
function wholeAttempt(inputBytes: number, output: number): string[] {
  const input = address.heap;
  const out = input + Math.ceil(inputBytes / 8) * 8;
  return [
    `alloc ${inputBytes} ${input}`,
    `alloc ${output} ${out}`,
    `label_resource ${input} ${inputBytes} ${out} ${output}`,
    `dealloc ${out} ${output}`,
    `dealloc ${input} ${inputBytes}`,
  ];
}

/** The names of what entered the guest. */
function names(guard: OpenGuard): string[] {
  return guard.entries().map((entry) => parseEntry(entry).name);
}

/** Makes a call that fails because the allocator goes wrong, and answers what was called meanwhile. */
async function failsByAllocator(
  context: CheckContext,
  fault: Command,
  expected: { code: "OUT_OF_MEMORY" | "PROTOCOL" | "TRAPPED" | "EXITED"; lost: boolean },
): Promise<{ readonly guard: OpenGuard; readonly called: string[] }> {
  const guard = await openTraced(context);
  await guard.run(fault);
  guard.entries();
  // More than sixteen bytes, so that a buffer at the end of the address space wraps around.
  await rejects(guard.run(write("a longer answer")), expected, "the call");
  return { guard, called: names(guard) };
}

/** Buffers in the guest's memory: where they come from, and that they are given back. */
export const memoryRequirements: readonly Requirement[] = [
  {
    id: "memory:buffers-are-freed",
    behaviour:
      "Input and output are allocated in this order, and freed once, in reverse order, with the same sizes",
    source: "spec 1.6",
    async check(context) {
      const guard = await openTraced(context);
      const input = program(write("answer"));
      await guard.call("label_resource", input);
      equal(guard.entries(), wholeAttempt(input.length, OUTPUT), "what entered the guest");
    },
  },
  {
    id: "memory:buffers-are-freed-after-failure",
    behaviour: "Buffers are freed when the guard answers an error code",
    source: "spec 1.6, 1.10",
    async check(context) {
      const guard = await openTraced(context);
      const input = program(returnStatus(-7));
      await rejects(guard.call("label_resource", input), { code: "GUEST_ERROR" }, "the call");
      equal(guard.entries(), wholeAttempt(input.length, OUTPUT), "what entered the guest");
    },
  },
  {
    id: "memory:buffers-are-freed-after-each-attempt",
    behaviour: "The buffers of one attempt are freed before those of the next are allocated",
    source: "spec 1.6, 1.8",
    async check(context) {
      const guard = await openTraced(context);
      const input = program(need(200, 200));
      await guard.call("label_resource", input);
      const expected = [...wholeAttempt(input.length, OUTPUT), ...wholeAttempt(input.length, 200)];
      equal(guard.entries(), expected, "what entered the guest");
    },
  },
  {
    id: "memory:buffers-are-freed-after-the-last-attempt",
    behaviour: "The buffers of the last attempt are freed when the answer does not fit either",
    source: "spec 1.6, 1.8",
    async check(context) {
      const guard = await context.open({ limits: { ...LIMITS, maxAttempts: 1 } });
      await guard.run(traceEntries);
      guard.entries();
      const input = program(returnStatus(-2));
      await rejects(guard.call("label_resource", input), { code: "OUTPUT_TOO_LARGE" }, "the call");
      equal(guard.entries(), wholeAttempt(input.length, OUTPUT), "what entered the guest");
    },
  },
  {
    id: "memory:nothing-is-freed-after-a-trap",
    behaviour: "After a trap no guest code runs any more, dealloc included",
    source: "W31",
    async check(context) {
      const guard = await openTraced(context);
      await rejects(guard.run(trap("unreachable")), { code: "TRAPPED", lost: true }, "the call");
      equal(names(guard), ["alloc", "alloc", "label_resource"], "what entered the guest");
    },
  },
  {
    id: "memory:nothing-is-freed-after-an-exit",
    behaviour: "After proc_exit no guest code runs any more, dealloc included",
    source: "spec 1.10, W31",
    async check(context) {
      const guard = await openTraced(context);
      await rejects(guard.run(exit(0)), { code: "EXITED", lost: true }, "the call");
      equal(names(guard), ["alloc", "alloc", "label_resource"], "what entered the guest");
    },
  },
  {
    id: "memory:no-input-buffer",
    behaviour:
      "When alloc answers 0 for the input, the call fails with OUT_OF_MEMORY and the guest is not entered",
    source: "spec 1.6",
    async check(context) {
      const { guard, called } = await failsByAllocator(context, breakAlloc(1, 0), {
        code: "OUT_OF_MEMORY",
        lost: false,
      });
      equal(called, ["alloc"], "what entered the guest");
      equal(await guard.run(countEntries), "3;", "how often label functions ran");
    },
  },
  {
    id: "memory:no-output-buffer",
    behaviour:
      "When alloc answers 0 for the output, the input is freed, and the call fails with OUT_OF_MEMORY",
    source: "spec 1.6",
    async check(context) {
      const { guard, called } = await failsByAllocator(context, breakAlloc(2, 0), {
        code: "OUT_OF_MEMORY",
        lost: false,
      });
      equal(called, ["alloc", "alloc", "dealloc"], "what entered the guest");
      equal(await guard.run(countEntries), "3;", "how often label functions ran");
    },
  },
  {
    id: "memory:no-room",
    behaviour: "A guard whose memory is full gets OUT_OF_MEMORY, and goes on with smaller inputs",
    source: "spec 1.6, W34",
    async check(context) {
      const guard = await context.open({ limits: { ...LIMITS, maxMemoryPages: 8 } });
      const large = guard.call("label_resource", new Uint8Array(400_000));
      await rejects(large, { code: "OUT_OF_MEMORY", lost: false }, "an input of 400,000 bytes in 512 KiB");
      equal(await guard.run(countEntries), "1;", "how often the guest was entered");
    },
  },
  ...(
    [
      ["input-out-of-range", "an input buffer that ends beyond the memory", breakAlloc(1, MEMORY_END - 8)],
      ["output-out-of-range", "an output buffer that ends beyond the memory", breakAlloc(2, MEMORY_END - 8)],
      [
        "input-wraps-around",
        "an input buffer at the end of the address space",
        breakAlloc(1, address.outside),
      ],
      [
        "output-wraps-around",
        "an output buffer at the end of the address space",
        breakAlloc(2, address.outside),
      ],
      ["same-buffer-twice", "the same memory for input and output", breakAlloc(2, address.heap)],
      [
        "overlapping-buffers",
        "an output buffer that begins inside the input",
        breakAlloc(2, address.heap + 8),
      ],
      [
        "overlapping-from-below",
        "an output buffer that ends inside the input",
        breakAlloc(2, address.heap - OUTPUT + 8),
      ],
    ] as const
  ).map(
    ([name, what, fault]): Requirement => ({
      id: `memory:${name}`,
      behaviour: `An allocator that gives ${what} breaks the ABI: PROTOCOL, and the instance is lost`,
      source: "spec 1.6, W30",
      async check(context) {
        const { called } = await failsByAllocator(context, fault, { code: "PROTOCOL", lost: true });
        equal(called.includes("label_resource"), false, "whether the label function was called");
      },
    }),
  ),
  {
    id: "memory:trap-in-alloc",
    behaviour: "A trap in alloc loses the instance",
    source: "spec 1.10, W25",
    async check(context) {
      await failsByAllocator(context, breakAlloc(2, "trap"), { code: "TRAPPED", lost: true });
    },
  },
  {
    id: "memory:exit-in-alloc",
    behaviour: "An exit in alloc loses the instance",
    source: "spec 1.10, W24",
    async check(context) {
      await failsByAllocator(context, breakAlloc(1, "exit"), { code: "EXITED", lost: true });
    },
  },
  {
    id: "memory:trap-in-dealloc",
    behaviour: "A trap in dealloc loses the instance",
    source: "W25",
    async check(context) {
      const guard = await openTraced(context);
      await rejects(guard.run(breakDealloc(1, "trap")), { code: "TRAPPED", lost: true }, "the call");
      equal(names(guard), ["alloc", "alloc", "label_resource", "dealloc"], "what entered the guest");
    },
  },
];
