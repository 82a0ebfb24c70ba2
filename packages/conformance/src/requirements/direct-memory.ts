import type { GuardLimits } from "@guardhost/core";
import { equal, holds, rejects } from "../assertions.js";
import type { CheckContext } from "../check-context.js";
import {
  type Command,
  echoInput,
  fill,
  growMemory,
  INITIAL_PAGES,
  measureMemory,
  need,
  peek,
  program,
  returnStatus,
  traceEntries,
  write,
} from "../guest/program.js";
import { decode, type OpenGuard, parseEntry } from "../open-guard.js";
import type { Requirement } from "../requirement.js";

const PAGE = 65_536;
const LOADED = INITIAL_PAGES * PAGE;

interface EntryBuffers {
  readonly input: number;
  readonly inputBytes: number;
  readonly output: number;
  readonly outputBytes: number;
}

async function openDirect(context: CheckContext, limits: Partial<GuardLimits> = {}): Promise<OpenGuard> {
  const guard = await context.open({ guest: "direct", limits: { allowDirectMemory: true, ...limits } });
  await guard.run(traceEntries);
  return guard;
}

/** The buffers of the attempts of a call. */
async function buffersOf(guard: OpenGuard, ...commands: readonly Command[]): Promise<EntryBuffers[]> {
  guard.entries();
  await guard.run(...commands);
  return guard.entries().map((entry) => {
    const [input = 0, inputBytes = 0, output = 0, outputBytes = 0] = parseEntry(entry).numbers;
    return { input, inputBytes, output, outputBytes };
  });
}

/** An input of `bytes` with a program at its beginning. */
function padded(bytes: number, ...commands: readonly Command[]): Uint8Array {
  const input = new Uint8Array(bytes).fill(46);
  input.set(program(...commands));
  return input;
}

/** Buffers for guards without an allocator, where that is allowed. */
export const directMemoryRequirements: readonly Requirement[] = [
  {
    id: "direct:echo",
    behaviour: "Where allowDirectMemory is set, a guard without an allocator is answered like any other",
    source: "spec 1.7",
    async check(context) {
      const guard = await openDirect(context);
      const input = padded(3000, echoInput);
      equal(await guard.call("label_resource", input), input, "the echo");
    },
  },
  {
    id: "direct:above-loaded-memory",
    behaviour: "The buffers lie above everything that the guest was loaded with, and do not overlap",
    source: "spec 1.7, W29",
    async check(context) {
      for (const { input, inputBytes, output } of await buffersOf(
        await openDirect(context),
        write("answer"),
      )) {
        holds(input >= LOADED, `the input, at ${input}, to begin at ${LOADED} or above`);
        holds(output >= input + inputBytes, `the output, at ${output}, to begin behind the input`);
      }
    },
  },
  {
    id: "direct:half-an-allocator-is-none",
    behaviour: "A guard with alloc but without dealloc gets direct buffers, and its alloc is never called",
    source: "spec 1.2",
    async check(context) {
      const guard = await context.open({ guest: "halfAllocator", limits: { allowDirectMemory: true } });
      await guard.run(traceEntries);
      guard.entries();
      await guard.run(write("answer"));
      equal(
        guard.entries().map((entry) => parseEntry(entry).name),
        ["label_resource"],
        "what entered the guest",
      );
    },
  },
  {
    id: "direct:buffers-are-used-again",
    behaviour: "Later calls use the same buffers: memory grows once",
    source: "spec 1.7, W29",
    async check(context) {
      const guard = await openDirect(context);
      const first = await buffersOf(guard, write("one"));
      const pages = await guard.run(measureMemory);
      equal(await buffersOf(guard, write("two")), first, "the buffers of the second call");
      equal(await guard.run(measureMemory), pages, "pages of memory");
    },
  },
  {
    id: "direct:guest-memory-is-left-alone",
    behaviour:
      "When the buffers become too small, memory that the guest has added behind them is not written to",
    source: "W29",
    async check(context) {
      const guard = await openDirect(context);
      const pages = Number.parseInt(await guard.run(growMemory(1)), 10);
      const own = pages * PAGE;
      await guard.run(fill(own, 0x61, PAGE));
      const large = decode(await guard.call("label_resource", padded(3 * PAGE, write("large"))));
      equal(large, "large", "the answer to a large input");
      const command = peek(own, PAGE);
      const kept = decode(await guard.call("label_resource", program(command)));
      holds(kept === "a".repeat(PAGE), "the guest's own page to be as the guest left it");
    },
  },
  {
    id: "direct:retry",
    behaviour: "A retry gets an output buffer of the size that it needs, with no stale bytes as a size",
    source: "spec 1.7, 1.8, W27",
    async check(context) {
      const guard = await openDirect(context, { initialOutputBytes: 64 });
      const hinted = await buffersOf(guard, need(1000, 1000), write("a".repeat(1000)));
      equal(
        hinted.map(({ outputBytes }) => outputBytes),
        [64, 1000],
        "the capacities",
      );
      const unhinted = await buffersOf(guard, need(128));
      equal(
        unhinted.map(({ outputBytes }) => outputBytes),
        [64, 128],
        "the capacities",
      );
    },
  },
  {
    id: "direct:buffers-count-as-memory",
    behaviour: "Buffers that do not fit into maxMemoryPages fail with OUT_OF_MEMORY; the instance goes on",
    source: "spec 1.1, 1.7",
    async check(context) {
      const guard = await openDirect(context, { maxMemoryPages: 8 });
      const large = guard.call("label_resource", padded(4 * PAGE, write("answer")));
      await rejects(large, { code: "OUT_OF_MEMORY", lost: false }, "an input of 4 pages in a memory of 8");
      equal(await guard.run(write("answer")), "answer", "the next answer");
    },
  },
  {
    id: "direct:failure-costs-nothing",
    behaviour: "After an error code the buffers serve the next call",
    source: "spec 1.10",
    async check(context) {
      const guard = await openDirect(context);
      await rejects(guard.run(returnStatus(-7)), { code: "GUEST_ERROR", lost: false }, "the call");
      equal(await guard.run(write("answer")), "answer", "the next answer");
    },
  },
];
