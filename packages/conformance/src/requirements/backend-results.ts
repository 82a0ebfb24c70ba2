import { equal } from "../assertions.js";
import {
  address,
  ask,
  askWithPointers,
  fill,
  growMemory,
  need,
  peek,
  program,
  UNTOUCHED,
} from "../guest/program.js";
import { decode } from "../open-guard.js";
import type { Requirement } from "../requirement.js";

/** Results of the backend that do not fit, and that are wanted again. */
export const backendResultRequirements: readonly Requirement[] = [
  {
    id: "backend:too-small",
    behaviour:
      "A result that does not fit answers -2, with the size in the first four bytes and nothing else written",
    source: "spec 1.3",
    async check(context) {
      const guard = await context.open({ backend: () => "x".repeat(300) });
      equal(await guard.run(ask({ capacity: 8 })), "-2;302;", "the status and the size");
      const rest = await guard.call("label_resource", program(peek(address.result + 4, 4)));
      equal(rest, new Uint8Array([0xee, 0xee, 0xee, 0xee]), "the bytes behind the size");
    },
  },
  {
    id: "backend:too-small-for-a-size",
    behaviour: "A buffer of fewer than four bytes gets -2 without a size; one of four gets the size",
    source: "spec 1.3",
    async check(context) {
      const guard = await context.open({ backend: () => "abcdef" });
      for (const capacity of [0, 1, 3]) {
        equal(await guard.run(ask({ capacity })), `-2;${UNTOUCHED};`, `a buffer of ${capacity} bytes`);
      }
      equal(await guard.run(ask({ capacity: 4 })), "-2;8;", "a buffer of 4 bytes");
    },
  },
  {
    id: "backend:size-out-of-range",
    behaviour: "Where even the size cannot be written, the guest gets -2 and nothing is written",
    source: "spec 1.3",
    async check(context) {
      const guard = await context.open({ backend: () => "abcdef" });
      equal(await guard.run(askWithPointers({ result: [0xfffffffe, 4] })), "-2;", "the status");
    },
  },
  {
    id: "backend:result-is-kept",
    behaviour: "A guest that asks again with a larger buffer gets the same result; the backend is asked once",
    source: "W39",
    async check(context) {
      let results = 0;
      const backend = () => `result ${++results}`;
      const guard = await context.open({ limits: { maxBackendCalls: 1 }, backend });
      const answer = await guard.run(ask({ capacity: 4 }), ask({ capacity: 5 }), ask({ capacity: 100 }));
      equal(answer, '-2;10;-2;10;10;"result 1"', "the statuses");
      equal(guard.host.questions.length, 1, "how often the backend was asked");
    },
  },
  {
    id: "backend:result-is-delivered-once",
    behaviour: "A guest that has read a result and asks again gets a new one",
    source: "spec 1.3, W39",
    async check(context) {
      let results = 0;
      const guard = await context.open({ backend: () => ++results });
      equal(await guard.run(ask(), ask()), "1;11;2", "the results");
    },
  },
  {
    id: "backend:kept-result-is-of-its-question",
    behaviour: "A kept result answers the same tool with the same arguments only",
    source: "W39",
    async check(context) {
      const guard = await context.open({ backend: (tool, args) => `${tool} ${String(args)}` });
      const answer = await guard.run(
        ask({ tool: "a", args: "1", capacity: 2 }),
        ask({ tool: "a", args: "2" }),
        ask({ tool: "b", args: "1" }),
        // The same text, cut at another place.
        ask({ tool: "a1", args: "" }),
      );
      equal(answer, `-2;${UNTOUCHED};5;"a 2"5;"b 1"9;"a1 null"`, "the results");
    },
  },
  {
    id: "backend:attempts-share-results",
    behaviour: "A later attempt gets the results of the one before; the backend is asked once",
    source: "W32",
    async check(context) {
      let results = 0;
      const limits = { initialOutputBytes: 64, maxBackendCalls: 1 };
      const guard = await context.open({ limits, backend: () => ++results });
      equal(await guard.run(ask(), need(256, 0)), "1;1", "what the third attempt is told");
      equal(guard.host.questions.length, 1, "how often the backend was asked");
    },
  },
  {
    id: "backend:results-come-in-order",
    behaviour: "A later attempt that asks the same question twice gets both results again, in their order",
    source: "W32",
    async check(context) {
      let results = 0;
      const limits = { initialOutputBytes: 64 };
      const guard = await context.open({ limits, backend: () => ++results });
      equal(
        await guard.run(ask(), ask(), need(128, 128), ask()),
        "1;11;21;3",
        "what the second attempt is told",
      );
      equal(guard.host.questions.length, 3, "how often the backend was asked");
    },
  },
  {
    id: "backend:calls-share-nothing",
    behaviour: "The next call asks the backend anew",
    source: "W32, W39",
    async check(context) {
      let results = 0;
      const guard = await context.open({ backend: () => ++results });
      const long = await context.open({ backend: () => `result ${++results}` });
      equal([await guard.run(ask()), await guard.run(ask())], ["1;1", "1;2"], "the results of two calls");
      equal(await long.run(ask({ capacity: 4 })), "-2;10;", "a call that did not get its result");
      equal(await long.run(ask()), '10;"result 4"', "the call behind it");
    },
  },
  {
    id: "backend:memory-may-have-grown",
    behaviour: "A result can be written anywhere in a memory that has grown during the call",
    source: "spec 1.15",
    async check(context) {
      const guard = await context.open({ backend: () => 7 });
      const grown = 8 * 65_536;
      const answer = await guard.call(
        "label_resource",
        program(
          growMemory(4),
          fill(grown - 1, 0, 1),
          askWithPointers({ result: [grown, 4] }),
          peek(grown, 1),
        ),
      );
      equal(decode(answer), "5;1;7", "the size before, the status and the result");
    },
  },
];
