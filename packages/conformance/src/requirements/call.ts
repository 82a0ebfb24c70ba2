import { defaultLimits } from "@guardhost/core";
import { equal, holds, rejects } from "../assertions.js";
import {
  countEntries,
  countInput,
  echoInput,
  measureMemory,
  nameOperation,
  program,
  returnStatus,
  tellCapacity,
  write,
} from "../guest/program.js";
import { decode } from "../open-guard.js";
import type { Requirement } from "../requirement.js";

const OPERATIONS = ["label_agent", "label_resource", "label_response"] as const;

/** Every byte value, behind a program that writes its input. */
function everyByte(): Uint8Array {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  return new Uint8Array([...program(echoInput), 0, ...bytes]);
}

/** Bytes go in, bytes come out. */
export const callRequirements: readonly Requirement[] = [
  {
    id: "call:engine-describes-itself",
    behaviour: "An engine has a name, and says of each ability whether it has it",
    source: "design 2",
    async check({ engine }) {
      holds(typeof engine.name === "string" && engine.name !== "", "engine.name to be a name");
      for (const ability of ["interruptible", "asyncBackend", "timeSliced", "linearMemory"] as const) {
        holds(
          typeof engine.capabilities[ability] === "boolean",
          `capabilities.${ability} to be true or false`,
        );
      }
    },
  },
  {
    id: "call:echo",
    behaviour: "Every byte of the input reaches the guest, and every byte of its answer comes back",
    source: "spec 1.6, 1.8",
    async check(context) {
      const guard = await context.open();
      const input = everyByte();
      equal(await guard.call("label_resource", input), input, "the echo of every byte value");
    },
  },
  {
    id: "call:operation",
    behaviour: "Each operation calls the label function of its name",
    source: "spec 1.2",
    async check(context) {
      const guard = await context.open();
      for (const operation of OPERATIONS) {
        const answer = await guard.call(operation, program(nameOperation));
        equal(decode(answer), operation, "the label function that ran");
      }
    },
  },
  {
    id: "call:input-is-a-view",
    behaviour: "An input that is a part of a larger buffer arrives as that part, and is left as it was",
    source: "design 2",
    async check(context) {
      const guard = await context.open();
      const whole = new Uint8Array([1, 2, 3, ...program(echoInput), 4, 5]);
      const before = whole.slice();
      const input = whole.subarray(3, -2);
      equal(await guard.call("label_resource", input), program(echoInput), "the echo");
      equal(whole, before, "the caller's buffer");
    },
  },
  {
    id: "call:empty-input",
    behaviour: "An empty input is legal, and the guest is told of 0 bytes",
    source: "spec 1.5, 1.6",
    async check(context) {
      const guard = await context.open();
      const answer = await guard.call("label_resource", new Uint8Array(0));
      equal(decode(answer), '{"resource":{},"operation":"read"}', "the answer to an input without a program");
    },
  },
  {
    id: "call:input-length",
    behaviour: "The guest is told how long its input is",
    source: "spec 1.2",
    async check(context) {
      const guard = await context.open();
      equal(await guard.run(countInput, write(".".repeat(50))), `105;${".".repeat(50)}`, "the length");
    },
  },
  {
    id: "call:output-capacity",
    behaviour: "The guest is told how long its output buffer is: initialOutputBytes at first",
    source: "spec 1.8",
    async check(context) {
      const guard = await context.open({ limits: { initialOutputBytes: 777 } });
      equal(await guard.run(tellCapacity), "777;", "the capacity");
    },
  },
  {
    id: "call:full-buffer",
    behaviour: "An answer may fill its buffer to the last byte",
    source: "spec 1.8, W28",
    async check(context) {
      const guard = await context.open({ limits: { initialOutputBytes: 64 } });
      equal(await guard.run(write("x".repeat(64))), "x".repeat(64), "the answer");
    },
  },
  {
    id: "call:empty-answer",
    behaviour: "A status of 0 is an empty answer, whatever the buffer holds",
    source: "spec 1.8",
    async check(context) {
      const guard = await context.open();
      equal(await guard.run(write("unwritten"), returnStatus(0)), "", "the answer");
    },
  },
  {
    id: "call:short-answer",
    behaviour: "An answer is as long as its status says, not as what was written",
    source: "spec 1.8",
    async check(context) {
      const guard = await context.open();
      equal(await guard.run(write("abcdef"), returnStatus(3)), "abc", "the answer");
    },
  },
  {
    id: "call:answer-is-a-copy",
    behaviour: "An answer stays as it is when the guest runs again",
    source: "spec 1.6",
    async check(context) {
      const guard = await context.open();
      const first = await guard.call("label_resource", program(write("first")));
      await guard.run(write("other"));
      equal(decode(first), "first", "the first answer after the second call");
    },
  },
  {
    id: "call:state-is-kept",
    behaviour: "The calls of one channel run in one instance",
    source: "spec 1.11",
    async check(context) {
      const guard = await context.open();
      const answers = [await guard.run(countEntries), await guard.run(countEntries)];
      equal(answers, ["1;", "2;"], "how often the guest says it was entered");
    },
  },
  {
    id: "call:input-at-the-limit",
    behaviour: "An input of maxInputBytes is accepted",
    source: "spec 1.5",
    async check(context) {
      const guard = await context.open({ limits: { maxInputBytes: 100 } });
      const input = new Uint8Array(100);
      input.set(program(countInput));
      equal(decode(await guard.call("label_resource", input)), "100;", "the length that the guest sees");
    },
  },
  {
    id: "call:input-over-the-limit",
    behaviour:
      "A longer input than maxInputBytes is refused with INPUT_TOO_LARGE, and the guest is not entered",
    source: "spec 1.5",
    async check(context) {
      const guard = await context.open({ limits: { maxInputBytes: 100 } });
      const long = guard.call("label_resource", new Uint8Array(101));
      await rejects(long, { code: "INPUT_TOO_LARGE", lost: false }, "an input of 101 bytes");
      equal(await guard.run(countEntries), "1;", "how often the guest was entered");
    },
  },
  {
    id: "call:eight-mebibytes-of-input",
    behaviour: "By default an input may have 8 MiB, and its answer 4 MiB, in a memory of 32 MiB",
    source: "spec 1.1, 1.5, 1.8, W34",
    async check(context) {
      const { initialOutputBytes, maxOutputBytes } = defaultLimits;
      const limits = { initialOutputBytes, maxOutputBytes };
      const guard = await context.open({ limits });
      const input = new Uint8Array(8_388_608);
      input.set(program(countInput, tellCapacity));
      equal(decode(await guard.call("label_resource", input)), "8388608;4194304;", "the lengths");
    },
  },
  {
    id: "call:memory-does-not-pile-up",
    behaviour: "Calls leave nothing in the guest's memory, however many there are",
    source: "spec 1.6, spec 5 (05-06)",
    async check(context) {
      const guard = await context.open({ limits: { maxMemoryPages: 16, initialOutputBytes: 65_536 } });
      const before = await guard.run(measureMemory);
      for (let i = 0; i < 30; i++) await guard.run(write("answer"));
      equal(await guard.run(measureMemory), before, "pages of memory after 30 calls");
    },
  },
];
