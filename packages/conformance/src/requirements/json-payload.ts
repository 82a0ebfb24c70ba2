import type { ToolCall } from "@guardhost/core";
import { equal, holds, rejects } from "../assertions.js";
import { countEntries, countInput, logInput, returnStatus, write } from "../guest/program.js";
import { labelsFor, listeningSession } from "../payload-case.js";
import type { Requirement } from "../requirement.js";
import { busySession, callDescribedBy, callRunning, runIn } from "../session-programs.js";
import { underWay } from "../waiting.js";

const INVALID = { code: "INVALID_OUTPUT", lost: false } as const;
const OPERATIONS = ["label_agent", "label_resource", "label_response"] as const;

/** An answer that is right as soon as it ignores what stands under `extra`. */
function resourceWith(extra: string): string {
  return `{"resource":{},"operation":"read","extra":${extra}}`;
}

/** JSON that nests `depth` levels. */
function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

function tags(count: number): string {
  return `{"resource":{"secrecy":[${Array(count).fill('""').join()}]}}`;
}

const answers: readonly Requirement[] = [
  {
    id: "payload:not-json",
    behaviour: "An answer that is not JSON is an error, for each operation",
    source: "spec 1.9, 2.1",
    async check(context) {
      for (const operation of OPERATIONS) {
        for (const answer of ["{", "undefined", '{"difc_mode":"filter"}}', "{'a':1}", "\ufeffnull", "\0"]) {
          await rejects(labelsFor(context, operation, answer), INVALID, `${operation}: ${answer}`);
        }
      }
    },
  },
  {
    id: "payload:not-utf8",
    behaviour: "An answer that is not UTF-8 is an error, also where it would be JSON once repaired",
    source: "design 7",
    async check(context) {
      const valid = new TextEncoder().encode('{"resource":{"description":"x"}}');
      const invalid = valid.map((byte) => (byte === 0x78 ? 0xff : byte));
      await rejects(
        labelsFor(context, "label_resource", invalid),
        INVALID,
        "a description with the byte 0xff",
      );
    },
  },
  {
    id: "payload:nesting",
    behaviour: "An answer may nest 128 levels; 129 are an error",
    source: "design 7",
    async check(context) {
      // The answer itself is one level.
      const deepest = resourceWith(nested(127));
      equal(await isAccepted(labelsFor(context, "label_resource", deepest)), true, "128 levels are accepted");
      await rejects(labelsFor(context, "label_resource", resourceWith(nested(128))), INVALID, "129 levels");
    },
  },
  {
    id: "payload:brackets-in-strings",
    behaviour: "Brackets inside strings do not count as nesting, whatever is escaped before them",
    source: "design 7",
    async check(context) {
      const answer = resourceWith(JSON.stringify(`\\"${"[".repeat(200)}\\`));
      equal(await isAccepted(labelsFor(context, "label_resource", answer)), true, "200 brackets in a string");
      const hidden = resourceWith(`${JSON.stringify("\\")},"more":${nested(128)}`);
      await rejects(labelsFor(context, "label_resource", hidden), INVALID, "129 levels behind a backslash");
    },
  },
  {
    id: "payload:entries",
    behaviour: "An array of an answer may have 100,000 elements; one more is an error",
    source: "design 7",
    async check(context) {
      equal(await isAccepted(labelsFor(context, "label_resource", tags(100_000))), true, "100,000 elements");
      await rejects(labelsFor(context, "label_resource", tags(100_001)), INVALID, "100,001 elements");
    },
  },
  {
    id: "payload:members-and-elements",
    behaviour: "An answer may have 1,000,000 members and elements in all; one more is an error",
    source: "design 7",
    async check(context) {
      // Besides three members of the answer, and the object without any.
      const extra = (count: number) => resourceWith(`[${Array(count).fill(1).join()}]`);
      equal(await isAccepted(labelsFor(context, "label_resource", extra(999_996))), true, "1,000,000");
      await rejects(labelsFor(context, "label_resource", extra(999_997)), INVALID, "1,000,001");
    },
  },
  {
    id: "payload:prototype-keys-are-data",
    behaviour: "A key __proto__ is an own property: nothing is inherited from what it holds",
    source: "design 7",
    async check(context) {
      const answers = [
        ["label_agent", '{"__proto__":{"difc_mode":"filter"}}'],
        ["label_resource", '{"__proto__":{"resource":{}}}'],
        ["label_response", '{"__proto__":{"items":[]}}'],
        [
          "label_response",
          '{"labeled_paths":[{"path":"/0","labels":{"__proto__":{"secrecy":[],"integrity":[]}}}]}',
        ],
      ] as const;
      for (const [operation, answer] of answers) {
        await rejects(labelsFor(context, operation, answer), INVALID, answer);
      }
      holds(!("difc_mode" in {}) && !("items" in {}), "Object.prototype to be as it was");
    },
  },
  {
    id: "payload:prototype-members-are-absent",
    behaviour: "Keys that every object inherits are not taken for the guard's",
    source: "design 7",
    async check(context) {
      const labels = await labelsFor(
        context,
        "label_resource",
        '{"resource":{"constructor":{},"secrecy":[],"integrity":[]},"toString":1}',
      );
      equal(labels, { resource: { secrecy: [], integrity: [] }, operation: "write" }, "the labels");
    },
  },
  {
    id: "payload:errors-quote-nothing",
    behaviour:
      "The error for an invalid answer says where it is invalid and quotes none of it, for it may hold secrets",
    source: "W14, W54, design 7",
    async check(context) {
      for (const answer of [
        '{"secret-42"',
        '{"resource":"secret-42"}',
        '{"resource":{},"operation":"secret-42"}',
      ]) {
        const error = await rejects(labelsFor(context, "label_resource", answer), INVALID, answer);
        holds(
          !`${error.message} ${String(error.cause)}`.includes("secret-42"),
          "the error not to quote the answer",
        );
      }
    },
  },
  {
    id: "payload:invalid-answer-costs-nothing",
    behaviour: "After an invalid answer to a call the session goes on, with its instance and its policy",
    source: "spec 1.10",
    async check(context) {
      const session = await context.labeledSession();
      await rejects(session.labelResource(callRunning(write("{"))), INVALID, "the call");
      equal(await runIn(session, countEntries), "3;", "how often the guest was entered");
    },
  },
];

const inputs: readonly Requirement[] = [
  {
    id: "payload:resource-input",
    behaviour:
      "label_resource gets capabilities, tool_args and tool_name; arguments that are left out are null",
    source: "spec 2.1, 2.4",
    async check(context) {
      const { session, heard } = await listeningSession(context);
      const name = `#${logInput}${write('{"resource":{}}')}`;
      await session.labelResource({ name, arguments: { owner: "octo", numbers: [1] } });
      await session.labelResource({ name });
      const expected = [
        `{"capabilities":{},"tool_args":{"owner":"octo","numbers":[1]},"tool_name":"${name}"}`,
        `{"capabilities":{},"tool_args":null,"tool_name":"${name}"}`,
      ];
      equal(heard, expected, "the inputs");
    },
  },
  {
    id: "payload:response-input",
    behaviour: "label_response gets capabilities, tool_args, tool_name and tool_result; no result is null",
    source: "spec 2.1, 2.5",
    async check(context) {
      const { session, heard } = await listeningSession(context);
      const name = `#${logInput}${returnStatus(0)}`;
      await session.labelResponse({ name, arguments: { a: 1 } }, { content: [], isError: true });
      await session.labelResponse({ name }, undefined);
      const expected = [
        `{"capabilities":{},"tool_args":{"a":1},"tool_name":"${name}","tool_result":{"content":[],"isError":true}}`,
        `{"capabilities":{},"tool_args":null,"tool_name":"${name}","tool_result":null}`,
      ];
      equal(heard, expected, "the inputs");
    },
  },
  {
    id: "payload:input-is-taken-at-once",
    behaviour:
      "What is labelled is what was passed, whatever becomes of it while the call waits for its turn",
    source: "spec 1.5, W35",
    async check(context) {
      const { session, running, release } = await busySession(context);
      const args = { text: "short" };
      const call = { ...callDescribedBy(countInput), arguments: args };
      const waiting = underWay(session.labelResource(call));
      args.text = "not so short any more";
      release();
      await running;
      const changed = await session.labelResource(call);
      args.text = "short";
      const unchanged = await session.labelResource(call);
      equal((await waiting).resource, unchanged.resource, "the length of the input");
      holds(changed.resource.description !== unchanged.resource.description, "the two lengths to differ");
    },
  },
  {
    id: "payload:input-is-valid-utf8",
    behaviour: "Unpaired surrogates of an input become U+FFFD, in keys and in values",
    source: "spec 2.1",
    async check(context) {
      const { session, heard } = await listeningSession(context);
      const name = `#${logInput}${write('{"resource":{}}')}`;
      await session.labelResource({ name, arguments: { "k\udc00": "a\ud800b" } });
      const args = JSON.parse(heard[0] ?? "null").tool_args;
      equal(args, { "k\ufffd": "a\ufffdb" }, "the arguments");
    },
  },
  {
    id: "payload:input-too-large",
    behaviour:
      "An input whose JSON is longer than maxInputBytes is refused with INPUT_TOO_LARGE; the guest is not entered",
    source: "spec 1.5, 2.1",
    async check(context) {
      const session = await context.labeledSession({ limits: { maxInputBytes: 300 } });
      const large = { name: "plain", arguments: { text: "x".repeat(300) } };
      await rejects(session.labelResource(large), { code: "INPUT_TOO_LARGE", lost: false }, "the resource");
      const response = session.labelResponse({ name: "plain" }, large);
      await rejects(response, { code: "INPUT_TOO_LARGE", lost: false }, "the response");
      equal(await runIn(session, countEntries), "2;", "how often the guest was entered");
    },
  },
  {
    id: "payload:calls-are-checked",
    behaviour:
      "A tool call without a name, or with arguments that are no object, is refused with a TypeError",
    source: "spec 2.4, design 3",
    async check(context) {
      const session = await context.labeledSession();
      const wrong = [
        {},
        { name: 5 },
        ...[[], "{}", 0, new Map()].map((args) => ({ name: "n", arguments: args })),
      ];
      for (const call of wrong as unknown as ToolCall[]) {
        for (const labels of [session.labelResource(call), session.labelResponse(call, null)]) {
          const error = await labels.catch((thrown: unknown) => thrown);
          holds(error instanceof TypeError, "the call to be refused with a TypeError");
        }
      }
      equal(await runIn(session, countEntries), "2;", "how often the guest was entered");
    },
  },
  {
    id: "payload:input-without-json",
    behaviour: "Arguments that JSON cannot express fail the call, and the guest is not entered",
    source: "spec 1.5",
    async check(context) {
      const session = await context.labeledSession();
      const failed = await isAccepted(session.labelResource({ name: "plain", arguments: { number: 1n } }));
      equal(failed, false, "whether arguments of a BigInt are accepted");
      equal(await runIn(session, countEntries), "2;", "how often the guest was entered");
    },
  },
];

/** JSON, in both directions. */
export const jsonPayloadRequirements: readonly Requirement[] = [...answers, ...inputs];

async function isAccepted(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
