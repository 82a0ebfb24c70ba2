import { equal, holds } from "../assertions.js";
import type { CheckContext } from "../check-context.js";
import {
  type Command,
  countEntries,
  describePreopen,
  openFile,
  print,
  program,
  readClock,
  readInput,
  readRandom,
  sizesOfArguments,
  sizesOfEnvironment,
  waitAnHour,
  yieldThread,
} from "../guest/program.js";
import type { Requirement } from "../requirement.js";

const SUCCESS = 0;
const BADF = 8;
const INVAL = 28;

const REALTIME = 0;
const MONOTONIC = 1;

/** Nanoseconds of 2022-01-01T00:00:00Z. */
const START = 1_640_995_200_000_000_000n;
const MILLISECOND = 1_000_000n;

/** What two fresh instances of one module answer. */
async function twice(
  context: CheckContext,
  ...commands: readonly Command[]
): Promise<[Uint8Array, Uint8Array]> {
  const compiled = await context.compile("guard");
  const answer = async () =>
    (await context.openCompiled(compiled)).call("label_resource", program(...commands));
  return [await answer(), await answer()];
}

function answers(
  id: string,
  behaviour: string,
  source: string,
  command: Command,
  expected: string,
): Requirement {
  return {
    id: `wasi:${id}`,
    behaviour,
    source,
    async check(context) {
      const guard = await context.open();
      equal(await guard.run(command), expected, "what the guard is told");
    },
  };
}

/** WASI preview 1, as a guard sees it: sealed. */
export const wasiRequirements: readonly Requirement[] = [
  answers("no-arguments", "There are no arguments", "spec 1.4", sizesOfArguments, `${SUCCESS};0;0;`),
  answers(
    "no-environment",
    "There are no environment variables",
    "spec 1.4",
    sizesOfEnvironment,
    `${SUCCESS};0;0;`,
  ),
  answers("stdin-is-empty", "Standard input is at its end", "spec 1.1, 1.4", readInput, `${SUCCESS};0;`),
  answers(
    "no-preopens",
    "No directory is open: fd_prestat_get answers EBADF from descriptor 3 on",
    "spec 1.4, design 6",
    describePreopen(3) + describePreopen(4),
    `${BADF};${BADF};`,
  ),
  answers(
    "no-other-descriptor",
    "Nothing but the standard streams can be written to",
    "spec 1.4",
    print(3, "x"),
    `${BADF};4294967295;`,
  ),
  answers(
    "stdin-is-not-written",
    "Standard input cannot be written to",
    "design 6",
    print(0, "x"),
    `${BADF};4294967295;`,
  ),
  answers(
    "waiting-returns-at-once",
    "poll_oneoff reports an hour's timer at once",
    "spec 1.4",
    waitAnHour,
    `${SUCCESS};1;`,
  ),
  answers("yield-returns-at-once", "sched_yield succeeds", "design 6", yieldThread, `${SUCCESS};`),
  {
    id: "wasi:no-files",
    behaviour: "No file can be opened",
    source: "spec 1.4",
    async check(context) {
      const guard = await context.open();
      for (const descriptor of [0, 3, 4]) {
        const error = await guard.run(openFile(descriptor, "etc/passwd"));
        holds(error !== `${SUCCESS};`, `path_open below descriptor ${descriptor} to fail`);
      }
    },
  },
  {
    id: "wasi:wall-clock-is-deterministic",
    behaviour:
      "The wall clock starts at 2022-01-01T00:00:00Z, and each reading is a millisecond after the last",
    source: "spec 1.4",
    async check(context) {
      const guard = await context.open();
      const expected = [0n, 1n, 2n].map((reading) => `${SUCCESS};${START + reading * MILLISECOND};`);
      const readings = await guard.run(readClock(REALTIME), readClock(REALTIME), readClock(REALTIME));
      equal(readings, expected.join(""), "three readings");
    },
  },
  {
    id: "wasi:monotonic-clock-is-deterministic",
    behaviour: "The monotonic clock starts at 0, and each reading is a millisecond after the last",
    source: "spec 1.4",
    async check(context) {
      const guard = await context.open();
      const readings = await guard.run(readClock(MONOTONIC), readClock(MONOTONIC));
      equal(readings, `${SUCCESS};0;${SUCCESS};${MILLISECOND};`, "two readings");
    },
  },
  {
    id: "wasi:clocks-begin-with-the-instance",
    behaviour: "Two instances read the same times",
    source: "spec 1.4, design 6",
    async check(context) {
      const [one, other] = await twice(context, readClock(REALTIME), readClock(MONOTONIC));
      equal(other, one, "the readings of the second instance");
    },
  },
  {
    id: "wasi:randomness-is-deterministic",
    behaviour: "Two instances get the same random bytes, and each gets other ones as it goes on",
    source: "spec 1.4, design 6",
    async check(context) {
      const [one, other] = await twice(context, readRandom(16), readRandom(16));
      equal(other, one, "the random bytes of the second instance");
      // Two bytes of status, sixteen of randomness, and the same again.
      holds(
        `${one.slice(2, 18)}` !== `${one.slice(20)}`,
        "the second sixteen bytes to be others than the first",
      );
      holds(new Set(one.slice(2, 18)).size > 4, "sixteen random bytes to be of more than four values");
    },
  },
  {
    id: "wasi:randomness-is-bounded",
    behaviour:
      "random_get fills 65,536 bytes at once, and answers EINVAL for more, which nothing could interrupt",
    source: "design 4, 6",
    async check(context) {
      const limits = { initialOutputBytes: 131_072, maxOutputBytes: 131_072 };
      const guard = await context.open({ limits });
      const status = (answer: string) => answer.slice(0, answer.indexOf(";"));
      equal(status(await guard.run(readRandom(65_536))), `${SUCCESS}`, "the status of 65,536 bytes");
      equal(status(await guard.run(readRandom(65_537))), `${INVAL}`, "the status of one more");
    },
  },
  {
    id: "wasi:initialize-is-called-once",
    behaviour: "An exported _initialize is called once per instance, before any label function",
    source: "W33, design 6",
    async check(context) {
      const compiled = await context.compile("reactor");
      for (const which of ["first", "second"]) {
        const guard = await context.openCompiled(compiled);
        equal(
          guard.entries().filter(isInitialize).length,
          1,
          `calls of _initialize when the ${which} is opened`,
        );
        await guard.run(countEntries);
        await guard.run(countEntries);
        equal(guard.entries().filter(isInitialize), [], `calls of _initialize later in the ${which}`);
      }
    },
  },
  {
    id: "wasi:start-is-not-called",
    behaviour: "An exported _start is never called",
    source: "spec 1.1, 1.2",
    async check(context) {
      const guard = await context.open({ guest: "reactor" });
      await guard.run(countEntries);
      holds(!guard.entries().includes("_start"), "no call of _start");
    },
  },
  {
    id: "wasi:start-section-runs-once",
    behaviour: "A start section runs when the instance is opened",
    source: "spec 1.1, W33",
    async check(context) {
      const guard = await context.open({ guest: "startSection" });
      equal([await guard.run(countEntries), await guard.run(countEntries)], ["101;", "102;"], "the counter");
    },
  },
  {
    id: "wasi:every-function-can-be-imported",
    behaviour: "A guard may import every function of WASI preview 1",
    source: "spec 1.1",
    async check(context) {
      const guard = await context.open({ guest: "allOfWasi" });
      equal(await guard.run(), "", "the answer");
    },
  },
];

function isInitialize(entry: string): boolean {
  return entry === "_initialize";
}
