import {
  type ConformanceOptions,
  type KnownDeviation,
  type NamedAbility,
  requirements,
  runConformance,
} from "@guardhost/conformance";
import type { GuardEngine } from "@guardhost/core";
import { expect, test } from "vitest";
import { REFERENCE_GROUPS, referenceEngine } from "./reference-engine.js";

/** An engine that answers nothing but an empty answer. */
const mute = referenceEngine({
  name: "mute",
  wrap: (channel) => ({ call: async () => new Uint8Array(0), close: () => channel.close() }),
});

test("an engine that does what is required conforms, and nothing is left out", async () => {
  const only = [...REFERENCE_GROUPS];
  const report = await runConformance(referenceEngine(), { only });
  expect(report.failed).toEqual([]);
  expect(report.engine).toBe("reference");
  expect(report.deviations).toEqual([]);
  const wanted = requirements.filter(({ id }) => only.some((group) => id.startsWith(`${group}:`)));
  const skipped = report.skipped.map(({ id }) => id);
  expect([...report.passed, ...skipped].sort()).toEqual(wanted.map(({ id }) => id).sort());
});

test("a failure says what is required, where that comes from, and what was found", async () => {
  const { passed, failed } = await runConformance(mute, { only: ["call:echo"] });
  expect(passed).toEqual([]);
  expect(failed).toEqual([
    {
      id: "call:echo",
      behaviour: "Every byte of the input reaches the guest, and every byte of its answer comes back",
      source: "spec 1.6, 1.8",
      message: expect.stringMatching(
        /^ConformanceError: the echo of every byte value: expected bytes .*, found bytes \[\]$/,
      ),
    },
  ]);
});

test("a skipped requirement names the ability that is lacking, or that is there", async () => {
  const engine = referenceEngine();
  const only = ["async:result", "async:refused", "interrupt:abort", "trap:exception"];
  const lacks = ["exceptions"] as const;
  expect((await runConformance(engine, { only, lacks })).skipped).toEqual([
    { id: "trap:exception", ability: "exceptions" },
    { id: "async:result", ability: "asyncBackend" },
    { id: "interrupt:abort", ability: "interruptible" },
  ]);
  const asynchronous = { ...engine, capabilities: { ...engine.capabilities, asyncBackend: true } };
  expect((await runConformance(asynchronous, { only: ["async:refused"] })).skipped).toEqual([
    { id: "async:refused", ability: "no asyncBackend" },
  ]);
});

test("a known deviation that fails is reported as one, and is no failure", async () => {
  const deviations = [{ id: "call:echo", reason: "it never answers" }];
  const report = await runConformance(mute, { only: ["call:echo"], deviations });
  expect(report.failed).toEqual([]);
  expect(report.deviations).toEqual([{ ...deviations[0], message: expect.stringContaining("every byte") }]);
});

test("a known deviation that passes is a failure", async () => {
  const deviations = [{ id: "call:echo", reason: "it never answers" }];
  const { passed, failed } = await runConformance(referenceEngine(), { only: ["call:echo"], deviations });
  expect(passed).toEqual([]);
  expect(failed).toMatchObject([{ id: "call:echo", message: expect.stringContaining("it never answers") }]);
});

test("an engine that does not settle fails the requirement", async () => {
  const stuck = referenceEngine({
    wrap: (channel) => ({ call: () => new Promise(() => undefined), close: () => channel.close() }),
  });
  const { failed } = await runConformance(stuck, { only: ["call:echo"], timeoutMs: 20 });
  expect(failed).toMatchObject([{ message: expect.stringContaining("did not settle within 20 ms") }]);
});

test("an engine that keeps the thread to itself for too long fails the requirement", async () => {
  const slow = referenceEngine({
    wrap: (channel) => ({
      call(...args) {
        const end = performance.now() + 50;
        while (performance.now() < end);
        return channel.call(...args);
      },
      close: () => channel.close(),
    }),
  });
  const { failed } = await runConformance(slow, { only: ["call:echo"], timeoutMs: 20 });
  expect(failed).toMatchObject([{ message: expect.stringContaining("did not settle within 20 ms") }]);
});

test("what an engine has opened is closed also when it does not settle", async () => {
  let closed = 0;
  const engine = referenceEngine({
    wrap: (channel) => ({ call: () => new Promise(() => undefined), close: () => channel.close() }),
  });
  const compile: GuardEngine["compile"] = async (...args) => {
    const compiled = await engine.compile(...args);
    return { open: (...options) => compiled.open(...options), close: async () => void closed++ };
  };
  await runConformance({ ...engine, compile }, { only: ["call:echo"], timeoutMs: 1_000 });
  expect(closed).toBe(1);
});

test("an engine that throws something else than an error fails the requirement", async () => {
  const broken = { ...referenceEngine(), compile: () => Promise.reject("no such thing") };
  const { failed } = await runConformance(broken, { only: ["call:echo"] });
  expect(failed).toMatchObject([{ id: "call:echo", message: "no such thing" }]);
});

test("a report survives JSON", async () => {
  const report = await runConformance(mute, { only: ["call", "async"] });
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test.each<[string, ConformanceOptions]>([
  ["no requirement", { only: [] }],
  ["an unknown id", { only: ["call:ekho"] }],
  ["an unknown group", { only: ["calls"] }],
  ["a deviation of an unknown id", { deviations: [{ id: "call:ekho", reason: "a reason" }] }],
  ["a deviation without a reason", { deviations: [{ id: "call:echo", reason: " " }] }],
  ["a timeout of nothing", { only: ["call:echo"], timeoutMs: 0 }],
  ["an ability that does not exist", { lacks: ["exception" as NamedAbility] }],
  ["an ability that engines state themselves", { lacks: ["interruptible" as NamedAbility] }],
])("%s is refused: a run that checks nothing must not pass", async (_name, options) => {
  await expect(runConformance(referenceEngine(), options)).rejects.toThrow(RangeError);
});

test.each<[options: unknown, message: string]>([
  [{ onyl: ["call:echo"] }, 'the suite has no option "onyl"'],
  [null, "the suite needs an object of options"],
  [{ timeoutMs: "20" }, 'timeoutMs must be a number, more than 0, not "20"'],
])("options that do not exist, or are of another kind, are a TypeError: %j", async (options, message) => {
  const running = runConformance(referenceEngine(), options as ConformanceOptions);
  await expect(running).rejects.toThrow(new TypeError(message));
});

test.each<[engine: unknown, message: string]>([
  [referenceEngine, "the suite needs an engine, as native() makes it, not type function"],
  [undefined, "the suite needs an engine, as native() makes it, not type undefined"],
])("what is no engine is a TypeError: %o", async (engine, message) => {
  await expect(runConformance(engine as GuardEngine)).rejects.toThrow(new TypeError(message));
});

test("options may be undefined", async () => {
  const { lacks, deviations }: { lacks?: readonly NamedAbility[]; deviations?: readonly KnownDeviation[] } =
    {};
  const { passed } = await runConformance(referenceEngine(), { lacks, deviations, only: ["call:echo"] });
  expect(passed).toEqual(["call:echo"]);
});

test("another guard is open from before the first requirement until after the last one where that is wanted", async () => {
  const open: number[] = [];
  let openNow = 0;
  const engine = referenceEngine();
  const compile: GuardEngine["compile"] = async (...args) => {
    const compiled = await engine.compile(...args);
    open.push(openNow++);
    const close = async () => {
      openNow--;
      await compiled.close();
    };
    return { open: (...options) => compiled.open(...options), close };
  };
  await runConformance({ ...engine, compile }, { only: ["call:echo"], besideAnotherGuard: true });
  expect([open, openNow]).toEqual([[0, 1], 0]);
});
