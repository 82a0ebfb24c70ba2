import { equal, holds } from "../assertions.js";
import type { CheckContext } from "../check-context.js";
import {
  address,
  ask,
  letAllocatorAsk,
  peek,
  program,
  type Question,
  sumAllocatorAnswers,
} from "../guest/program.js";
import type { OpenGuard } from "../open-guard.js";
import type { Requirement } from "../requirement.js";

/** Opens a guard whose backend answers `answer`, and asks once. */
export async function askOnce(
  context: CheckContext,
  question: Question,
  answer: () => unknown = () => null,
): Promise<{ readonly guard: OpenGuard; readonly answer: string }> {
  const guard = await context.open({ backend: answer });
  return { guard, answer: await guard.run(ask(question)) };
}

/** What the guest asks with `call_backend`, and what it is told. */
export const backendRequirements: readonly Requirement[] = [
  {
    id: "backend:tool-and-arguments",
    behaviour: "The backend gets the tool's name, and the arguments as the value of their JSON",
    source: "spec 1.3",
    async check(context) {
      const args = '{"owner":"octo","numbers":[1,2.5,null,true],"text":"\\u00fc\\"é"}';
      const { guard } = await askOnce(context, { tool: "get_ü", args });
      const expected = { owner: "octo", numbers: [1, 2.5, null, true], text: 'ü"é' };
      equal(guard.host.questions, [{ tool: "get_ü", args: expected }], "what the backend was asked");
    },
  },
  {
    id: "backend:any-json-is-an-argument",
    behaviour: "Arguments may be JSON of any type",
    source: "spec 1.3",
    async check(context) {
      const guard = await context.open();
      const values = [[1, 2], "text", 5, null, true, {}];
      await guard.run(...values.map((value) => ask({ args: JSON.stringify(value) })));
      equal(
        guard.host.questions.map(({ args }) => args),
        values,
        "the arguments",
      );
    },
  },
  {
    id: "backend:signal",
    behaviour: "The backend gets an AbortSignal that is not aborted",
    source: "design 2",
    async check(context) {
      const signals: AbortSignal[] = [];
      const guard = await context.open({ backend: (_tool, _args, { signal }) => void signals.push(signal) });
      await guard.run(ask());
      equal(
        signals.map((signal) => signal instanceof AbortSignal && !signal.aborted),
        [true],
        "the signals",
      );
    },
  },
  {
    id: "backend:no-arguments-are-null",
    behaviour: "Arguments of 0 bytes are null",
    source: "spec 1.3",
    async check(context) {
      const { guard } = await askOnce(context, { args: "" });
      equal(guard.host.questions, [{ tool: "tool", args: null }], "what the backend was asked");
    },
  },
  {
    id: "backend:tool-may-be-empty",
    behaviour: "The tool's name may have 0 bytes",
    source: "spec 1.3",
    async check(context) {
      const { guard } = await askOnce(context, { tool: "" });
      equal(guard.host.questions, [{ tool: "", args: null }], "what the backend was asked");
    },
  },
  {
    id: "backend:invalid-utf8-is-replaced",
    behaviour: "Invalid UTF-8 in the tool's name and in the arguments becomes U+FFFD",
    source: "spec 1.3, 2.1",
    async check(context) {
      const { guard } = await askOnce(context, {
        tool: new Uint8Array([0x61, 0xff, 0x62]),
        args: new Uint8Array([0x22, 0xc3, 0x22]),
      });
      equal(guard.host.questions, [{ tool: "a\ufffdb", args: "\ufffd" }], "what the backend was asked");
    },
  },
  {
    id: "backend:prototype-keys-are-data",
    behaviour: "A key __proto__ in the arguments is an own property of the value",
    source: "design 7",
    async check(context) {
      const { guard } = await askOnce(context, { args: '{"__proto__":{"owner":"octo"}}' });
      const args = guard.host.questions[0]?.args as object;
      equal(Object.keys(args), ["__proto__"], "the keys of the arguments");
      holds(!("owner" in args), "nothing to be inherited by the arguments");
    },
  },
  {
    id: "backend:result-is-json",
    behaviour: "The result is written as JSON, and the status is its length in bytes",
    source: "spec 1.3",
    async check(context) {
      const result = { content: [{ type: "text", text: "grüße" }], isError: true };
      const json = JSON.stringify(result);
      const length = new TextEncoder().encode(json).length;
      const { answer } = await askOnce(context, {}, () => result);
      equal(answer, `${length};${json}`, "the status and the result");
    },
  },
  {
    id: "backend:null-result",
    behaviour: "A result of null or undefined is the four bytes null",
    source: "spec 1.3",
    async check(context) {
      equal((await askOnce(context, {}, () => null)).answer, "4;null", "the result null");
      equal((await askOnce(context, {}, () => undefined)).answer, "4;null", "the result undefined");
    },
  },
  {
    id: "backend:unpaired-surrogates-are-replaced",
    behaviour: "Unpaired surrogates in a result become U+FFFD, so that strict parsers can read it",
    source: "spec 2.1",
    async check(context) {
      const { answer } = await askOnce(context, {}, () => "a\ud800b");
      equal(answer, '7;"a\ufffdb"', "the status and the result");
    },
  },
  {
    id: "backend:exact-fit",
    behaviour: "A result may fill its buffer to the last byte, and nothing is written behind it",
    source: "spec 1.3",
    async check(context) {
      const guard = await context.open({ backend: () => "abcd" });
      const answer = await guard.run(ask({ capacity: 6 }), peek(address.result + 6, 2));
      const raw = new Uint8Array(await guard.call("label_resource", program(peek(address.result + 6, 2))));
      holds(answer.startsWith('6;"abcd"'), `'6;"abcd"', not '${answer}'`);
      equal(raw, new Uint8Array([0xee, 0xee]), "the two bytes behind the result");
    },
  },
  {
    id: "backend:not-from-the-allocator",
    behaviour:
      "alloc and dealloc cannot ask the backend, wherever the guard runs: they are answered -1, and nothing else",
    source: "design 4",
    async check(context) {
      const guard = await context.open({ backend: () => "abcd" });
      await guard.run(letAllocatorAsk);
      // Two deallocations of the call before, and two allocations of this one.
      equal(
        await guard.run(sumAllocatorAnswers, ask({ capacity: 6 })),
        '4;-4;6;"abcd"',
        "what they are answered",
      );
      equal(guard.host.questions.length, 1, "how often the backend is asked");
    },
  },
];
