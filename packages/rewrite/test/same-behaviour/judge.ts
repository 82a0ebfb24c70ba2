import { expect } from "vitest";
import { capLimits, describe, isPrepared, prepareAndDescribe } from "../../src/index.js";
import { randomNumbers } from "../mutate.js";
import { COUNTED_START, countingExecuted, EXECUTED } from "./executed.js";
import { Meter } from "./meter.js";
import { type Observation, run, type Subject } from "./run.js";

/** What a comparison covered. */
export interface Verdict {
  readonly events: number;
  /** What the instructions weigh that the original executed, and what the prepared module charged. */
  readonly executed: number;
  readonly charged: number;
  readonly checks: number;
  /** The stack overflowed: how deep it is, is nobody's promise, so what followed was not compared. */
  readonly overflowed: boolean;
}

const caps = { maxMemoryPages: 40, maxTableElements: 1_000 };
/** Calls of `check` that no module here needs, if it ends. */
const NEVER_SO_MANY = 100_000;
const PREPARED_START = "guardhost.start";

/**
 * Prepares `module`, and expects the result to be valid, to behave as the original does however often the host is asked,
 * to have charged what each instruction weighs before it is executed, and to end where the host says stop.
 */
export function judge(module: Uint8Array<ArrayBuffer>, seed: number): Verdict {
  const original = describe(module);
  const prepared = prepareWell(module);
  const capped = capLimits(module, caps) as Uint8Array<ArrayBuffer>;
  const random = randomNumbers(seed);
  const plain = run({ module: capped }, original, seed);
  let { overflowed } = plain;
  const observe = (subject: Subject): Observation => {
    const observation = run(subject, original, seed);
    overflowed ||= observation.overflowed;
    if (!overflowed) expect(observation.events).toEqual(plain.events);
    return observation;
  };
  const observePrepared = (meter: Meter): Observation =>
    observe({ module: prepared, start: PREPARED_START, meter, reading: () => meter.charged });

  // The first one ends even if what was prepared never does.
  const always = new Meter((call) => (call > NEVER_SO_MANY ? -1 : 1));
  observePrepared(always);
  observePrepared(occasional(random));
  const counted = observe({
    module: countingExecuted(capped, "units"),
    start: COUNTED_START,
    reading: (exports) => Number((exports[EXECUTED] as WebAssembly.Global<"i64">).value),
  });
  const unlimited = Meter.unlimited();
  const undisturbed = observePrepared(unlimited);
  if (!overflowed) {
    expectPaid(undisturbed, counted);
    const stopAt = 1 + random(Math.max(always.checks, 1));
    const meter = new Meter((call) => (call === stopAt ? -1 : 1));
    const stopped = run({ module: prepared, start: PREPARED_START, meter }, original, seed);
    if (always.checks > 0) expectStopped(stopped, plain);
  }
  const { checks } = always;
  const executed = counted.readings.at(-1) ?? 0;
  return { events: plain.events.length, executed, charged: unlimited.charged, checks, overflowed };
}

/** Prepares a module, with everything to be expected of the bytes. */
function prepareWell(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const { prepared, description } = prepareAndDescribe(module, caps);
  expect(WebAssembly.validate(prepared as BufferSource), "validates").toBe(true);
  expect(description).toEqual(describe(module));
  expect([isPrepared(module), isPrepared(prepared)]).toEqual([false, true]);
  return prepared as Uint8Array<ArrayBuffer>;
}

/** A host that is asked now and then, and has the guest pause. */
function occasional(random: (bound: number) => number): Meter {
  return new Meter(
    () => (random(4) === 0 ? 0 : 1 + random(2_000)),
    () => 1 + random(500),
  );
}

/** At each event, at least as much is charged as what was executed weighs: since the host called last, and so in all. */
function expectPaid(prepared: Observation, counted: Observation): void {
  const unpaid: string[] = [];
  let [chargedBefore, executedBefore] = [0, 0];
  counted.readings.forEach((executed, i) => {
    const charged = prepared.readings[i] as number;
    const [owed, paid] = [executed - executedBefore, charged - chargedBefore];
    if (paid < owed) unpaid.push(`${paid} for ${owed} at ${counted.events[i]}`);
    if (counted.outside[i]) [chargedBefore, executedBefore] = [charged, executed];
  });
  expect(unpaid).toEqual([]);
}

/** All is the same up to a trap, and nothing comes behind it. */
function expectStopped(stopped: Observation, plain: Observation): void {
  expect(stopped.events.at(-1)).toMatch(/ failed: RuntimeError: unreachable$/);
  expect(stopped.events.slice(0, -1)).toEqual(plain.events.slice(0, stopped.events.length - 1));
}
