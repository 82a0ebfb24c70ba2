import { equal, holds } from "../assertions.js";
import { address, ask, fill, log, logMemory, print, trap, write } from "../guest/program.js";
import type { OpenGuard } from "../open-guard.js";
import type { Requirement } from "../requirement.js";

/** How many letters a have arrived, over all messages. */
function letters(guard: OpenGuard): number {
  const text = guard.host.logs.map(({ message }) => message).join("");
  guard.host.logs.length = 0;
  return text.split("").filter((character) => character === "A").length;
}

/** Fills memory with the letters that {@link letters} counts. */
function fillWithLetters(bytes: number): string {
  return fill(address.result, 0x41, bytes);
}

/** `host_log`, and standard output, which is a log as well. */
export const logRequirements: readonly Requirement[] = [
  {
    id: "log:levels",
    behaviour: "Levels 0 to 3 are debug, info, warn and error",
    source: "spec 1.3",
    async check(context) {
      const guard = await context.open();
      await guard.run(log(0, "zero"), log(1, "one"), log(2, "two"), log(3, "three"));
      const expected = [
        { level: "debug", message: "zero" },
        { level: "info", message: "one" },
        { level: "warn", message: "two" },
        { level: "error", message: "three" },
      ];
      equal(guard.host.logs, expected, "what was logged");
    },
  },
  {
    id: "log:unknown-level",
    behaviour: "Any other level is debug",
    source: "spec 1.3",
    async check(context) {
      const guard = await context.open();
      await guard.run(log(4, "four"), log(-1, "minus one"), log(2_147_483_647, "large"));
      equal(
        guard.host.logs.map(({ level }) => level),
        ["debug", "debug", "debug"],
        "the levels",
      );
    },
  },
  {
    id: "log:text-is-unchanged",
    behaviour:
      "A message arrives as it was written, control characters and all: escaping is the host's decision",
    source: "spec 1.3",
    async check(context) {
      const guard = await context.open();
      const message = "\ufeffa\u0000\u001b[2J\nü\u{1f600}";
      await guard.run(log(1, message));
      equal(guard.host.logs, [{ level: "info", message }], "what was logged");
    },
  },
  {
    id: "log:invalid-utf8-is-replaced",
    behaviour: "Invalid UTF-8 in a message becomes U+FFFD",
    source: "spec 1.3, spec 5 (04-13)",
    async check(context) {
      const guard = await context.open();
      await guard.run(log(1, new Uint8Array([0x61, 0xff, 0xc3])));
      equal(guard.host.logs, [{ level: "info", message: "a\ufffd\ufffd" }], "what was logged");
    },
  },
  {
    id: "log:out-of-range",
    behaviour: "A message outside the memory is ignored, and the call goes on",
    source: "spec 1.3",
    async check(context) {
      const guard = await context.open();
      const commands = [
        logMemory(1, address.outside, 8),
        logMemory(1, address.outside, 32),
        logMemory(1, 0, -1),
      ];
      equal(await guard.run(...commands, write("on")), "on", "the answer");
      equal(guard.host.logs, [], "what was logged");
    },
  },
  {
    id: "log:budget",
    behaviour:
      "By default a call may log 64 KiB; the message that goes beyond is cut, and later ones are dropped",
    source: "design 3",
    async check(context) {
      const guard = await context.open();
      const chunk = logMemory(1, address.result, 40_000);
      equal(await guard.run(fillWithLetters(40_000), chunk, chunk, chunk, write("on")), "on", "the answer");
      equal(letters(guard), 65_536, "letters that were logged");
    },
  },
  {
    id: "log:budget-option",
    behaviour: "The budget is maxLogBytes, and may be 0",
    source: "design 2",
    async check(context) {
      const ten = await context.open({ limits: { maxLogBytes: 10 } });
      await ten.run(log(1, "A".repeat(7)), log(1, "A".repeat(7)), log(1, "A"));
      equal(letters(ten), 10, "letters that were logged with a budget of 10");
      const none = await context.open({ limits: { maxLogBytes: 0 } });
      await none.run(log(1, "A"), print(1, "A\n"));
      equal(letters(none), 0, "letters that were logged with a budget of 0");
    },
  },
  {
    id: "log:empty-messages-cost",
    behaviour: "Messages without text use up the budget as well, or there could be any number of them",
    source: "design 3",
    async check(context) {
      const guard = await context.open({ limits: { maxLogBytes: 10 } });
      await guard.run(...Array.from({ length: 30 }, () => log(1, "")));
      const empty = guard.host.logs.filter(({ message }) => message === "");
      holds(empty.length <= 10, `at most 10 empty messages, not ${empty.length}`);
    },
  },
  {
    id: "log:budget-begins-anew",
    behaviour: "Each call has the whole budget of log text",
    source: "design 3",
    async check(context) {
      const guard = await context.open({ limits: { maxLogBytes: 10 } });
      for (const call of ["first", "second"]) {
        await guard.run(log(1, "A".repeat(20)));
        equal(letters(guard), 10, `letters that the ${call} call logged`);
      }
    },
  },
  {
    id: "log:budget-of-initialisation",
    behaviour: "What the guard logs while it is initialised is within the budget as well",
    source: "W33, design 3",
    async check(context) {
      const guard = await context.open({ guest: "reactor", limits: { maxLogBytes: 5 } });
      const text = guard.host.logs.map(({ message }) => message);
      equal(text[0], "_init", "the first message");
      holds(!text.includes("-1;"), "nothing else of the guard to be logged");
    },
  },
  {
    id: "log:failure-is-harmless",
    behaviour: "A log that throws decides nothing: the guard goes on, and its answer arrives",
    source: "spec 5 (04-13)",
    async check(context) {
      const guard = await context.open();
      guard.host.log = () => {
        throw new Error("the log is full");
      };
      const answer = await guard.run(log(3, "message"), print(2, "message\n"), write("on"));
      equal(answer, "0;8;on", "what fd_write answers, and the answer");
    },
  },
  {
    id: "log:standard-output",
    behaviour: "What the guard prints to stdout and stderr goes to the log",
    source: "spec 1.1, spec 5 (05-22), design 6",
    async check(context) {
      const guard = await context.open();
      equal(
        await guard.run(print(1, "printed\n"), print(2, "complained\n")),
        "0;8;0;11;",
        "what fd_write answers",
      );
      const text = guard.host.logs.map(({ message }) => message).join("\n");
      holds(text.includes("printed"), "stdout to be logged");
      holds(text.includes("complained"), "stderr to be logged");
    },
  },
  {
    id: "log:unfinished-line",
    behaviour:
      "What the guard printed without a line feed is logged when the call ends, by success or by trap",
    source: "design 6",
    async check(context) {
      const guard = await context.open();
      await guard.run(print(1, "begun"));
      holds(
        guard.host.logs.some(({ message }) => message.includes("begun")),
        "the line to be logged after the call",
      );
      await guard.run(print(2, "bye"), trap("unreachable")).catch(() => undefined);
      holds(
        guard.host.logs.some(({ message }) => message.includes("bye")),
        "the line to be logged after a trap",
      );
    },
  },
  {
    id: "log:standard-output-shares-the-budget",
    behaviour: "What the guard prints uses the same budget as what it logs",
    source: "design 3, 6",
    async check(context) {
      const guard = await context.open({ limits: { maxLogBytes: 10 } });
      await guard.run(log(1, "A".repeat(6)), print(1, `${"A".repeat(6)}\n`), print(2, "A\n"));
      equal(letters(guard), 10, "letters that were logged");
    },
  },
  {
    id: "log:does-not-disturb-the-backend",
    behaviour: "A guard that has used up its log may still ask its backend",
    source: "spec 1.3",
    async check(context) {
      const guard = await context.open({ limits: { maxLogBytes: 1 }, backend: () => 7 });
      equal(await guard.run(log(1, "AA"), ask()), "1;7", "the result");
    },
  },
];
