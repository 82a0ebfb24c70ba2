import { equal } from "../assertions.js";
import type { CheckContext } from "../check-context.js";
import { address, ask, askWithPointers, type Command, write } from "../guest/program.js";
import type { Requirement } from "../requirement.js";
import { runIn } from "../session-programs.js";
import { askOnce } from "./backend.js";

/** The guest sees -1, and the backend sees nothing. */
async function failsUnasked(context: CheckContext, ...commands: readonly Command[]): Promise<void> {
  const guard = await context.open();
  equal(await guard.run(...commands), "-1;", "the status");
  equal(guard.host.questions, [], "what the backend was asked");
}

/** The guest sees -1 because of what the backend does. */
async function failsAsked(context: CheckContext, backend: () => unknown): Promise<void> {
  const { guard, answer } = await askOnce(context, {}, backend);
  equal(answer, "-1;", "the status");
  equal(guard.host.questions.length, 1, "how often the backend was asked");
  equal(await guard.run(write("answer")), "answer", "the next call's answer");
}

/** JSON that nests `depth` levels. */
function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

function cycle(): unknown {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}

/** Backend calls that fail, and how the guest is told. */
export const backendFailureRequirements: readonly Requirement[] = [
  {
    id: "backend:arguments-that-are-not-json",
    behaviour: "Arguments that are not JSON answer -1, and the backend is not asked",
    source: "spec 1.3",
    async check(context) {
      for (const args of ["{", "undefined", " ", '{"a":1}}', "'a'"])
        await failsUnasked(context, ask({ args }));
    },
  },
  {
    id: "backend:arguments-nest-too-deeply",
    behaviour: "Arguments may nest 128 levels; 129 answer -1, and the backend is not asked",
    source: "design 7",
    async check(context) {
      const { guard } = await askOnce(context, { args: nested(128) });
      equal(guard.host.questions.length, 1, "how often the backend was asked with 128 levels");
      await failsUnasked(context, ask({ args: nested(129) }));
    },
  },
  {
    id: "backend:arguments-too-long",
    behaviour: "Arguments may have maxBackendArgsBytes; more answer -1, and the backend is not asked",
    source: "design 3",
    async check(context) {
      const guard = await context.open({ limits: { maxBackendArgsBytes: 10 } });
      equal(await guard.run(ask({ args: '"12345678"' })), "4;null", "10 bytes of arguments");
      equal(await guard.run(ask({ args: '"123456789"' })), "-1;", "11 bytes of arguments");
      equal(guard.host.questions.length, 1, "how often the backend was asked");
    },
  },
  ...(
    [
      ["tool-out-of-range", "A tool's name", { tool: [address.outside, 8] }],
      [
        "tool-wraps-around",
        "A tool's name that wraps around the address space",
        { tool: [address.outside, 32] },
      ],
      ["arguments-out-of-range", "Arguments", { args: [address.outside, 8] }],
      [
        "arguments-wrap-around",
        "Arguments that wrap around the address space",
        { args: [address.outside, 32] },
      ],
    ] as const
  ).map(
    ([name, what, pointers]): Requirement => ({
      id: `backend:${name}`,
      behaviour: `${what} outside the memory answers -1, and the backend is not asked`,
      source: "spec 1.3, 1.15",
      check: (context) => failsUnasked(context, askWithPointers(pointers)),
    }),
  ),
  {
    id: "backend:result-out-of-range",
    behaviour: "A result buffer outside the memory answers -1",
    source: "spec 1.3",
    async check(context) {
      const guard = await context.open({ backend: () => "abcd" });
      equal(await guard.run(askWithPointers({ result: [address.outside, 8] })), "-1;", "a buffer of 8 bytes");
      equal(
        await guard.run(askWithPointers({ result: [address.outside, 64] })),
        "-1;",
        "one that wraps around",
      );
    },
  },
  {
    id: "backend:throws",
    behaviour: "A backend that throws answers -1, and the call goes on",
    source: "spec 1.3",
    check: (context) =>
      failsAsked(context, () => {
        throw new Error("the backend is down");
      }),
  },
  {
    id: "backend:failure-cannot-be-caught",
    behaviour:
      "No exception of the host is ever thrown into the guest: a guard that catches everything gets -1",
    source: "spec 1.3, design 4",
    needs: ["exceptions"],
    async check(context) {
      const backend = () => {
        throw new Error("the backend is down");
      };
      const guard = await context.open({ guest: "catching", backend });
      equal(
        await guard.run(ask(), askWithPointers({ tool: [address.outside, 8] })),
        "-1;-1;",
        "the statuses",
      );
    },
  },
  {
    id: "backend:result-without-json",
    behaviour: "A result that JSON cannot express answers -1",
    source: "spec 1.3",
    async check(context) {
      await failsAsked(context, () => 1n);
      await failsAsked(context, cycle);
      await failsAsked(context, () => Symbol("result"));
    },
  },
  {
    id: "backend:outside-a-call",
    behaviour: "While the guard is initialised no backend call is possible: -1, and the backend is not asked",
    source: "W33",
    async check(context) {
      const guard = await context.open({ guest: "reactor" });
      equal(guard.entries(), ["_initialize", "-1;"], "what _initialize says");
      equal(guard.host.questions, [], "what the backend was asked");
    },
  },
  {
    id: "backend:none",
    behaviour: "In a session without a backend every backend call answers -1",
    source: "design 3",
    async check(context) {
      const session = await context.session({ policyRequired: false });
      equal(await runIn(session, ask()), "-1;", "the status");
    },
  },
];
