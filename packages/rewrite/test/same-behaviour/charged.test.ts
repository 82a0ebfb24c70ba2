import { expect, describe as group, test } from "vitest";
import { prepare } from "../../src/index.js";
import { weightOf } from "../../src/kernel/assembly/weights.js";
import { wat } from "../assemble.js";
import { evasions, legacyEvasions, tableEvasions } from "./evasions.js";
import { countingExecuted, EXECUTED, free } from "./executed.js";
import { Meter } from "./meter.js";

const caps = { maxMemoryPages: 512, maxTableElements: 1_000 };
/** A turn is enough to see what is charged, and many to be far from done. */
const [SOME, ENDLESS] = [50, 0x7fff_ffff];
/**
 * How many instructions may run from one check to the next when the host wants to be asked at once. Loops buy up to 16,383
 * units in advance, and counting makes five instructions of each.
 */
const MOST_AT_ONCE = 7_000;

/** What this runtime cannot run is not tested on it: Node 20 has no try_table. */
const programs = Object.entries({ ...evasions, ...legacyEvasions, ...tableEvasions }).filter(([, text]) =>
  WebAssembly.validate(wat(text)),
);

interface Guest {
  run(times: number): void;
  readonly memory: WebAssembly.Memory;
  readonly [EXECUTED]: WebAssembly.Global<"i64">;
  readonly "guardhost.countdown": WebAssembly.Global<"i32">;
  "guardhost.start"?(): void;
}

function instantiate(module: Uint8Array, imports: WebAssembly.Imports = {}): Guest {
  const compiled = new WebAssembly.Module(module as BufferSource);
  const host = { call: () => undefined };
  return new WebAssembly.Instance(compiled, { host, ...imports }).exports as unknown as Guest;
}

function prepared(module: Uint8Array, meter: Meter): Guest {
  const guest = instantiate(prepare(module, caps), { guardhost: meter.imports });
  meter.attach(guest["guardhost.countdown"]);
  guest["guardhost.start"]?.();
  return guest;
}

function charged(module: Uint8Array, times: number): number {
  const meter = Meter.unlimited();
  prepared(module, meter).run(times);
  return meter.charged;
}

group.each(programs)("%s", (_, text) => {
  const module = wat(text);

  test("is charged at least a unit for each instruction", () => {
    const counted = instantiate(countingExecuted(module, "instructions"));
    counted.run(SOME);
    expect(charged(module, SOME)).toBeGreaterThanOrEqual(Number(counted[EXECUTED].value));
  });

  test("is stopped", () => {
    const meter = new Meter((call) => (call < 20 ? 1_000 : -1));
    expect(() => prepared(module, meter).run(ENDLESS)).toThrow(/^unreachable$/);
    expect(meter.checks).toBe(20);
  });

  test("does little between one check and the next", () => {
    expect(mostBetweenChecks(module)).toBeLessThan(MOST_AT_ONCE);
  });
});

/** How many instructions run from one check to the next, at most, when the host wants to be asked at once. */
function mostBetweenChecks(module: Uint8Array): number {
  let [last, most] = [0, 0];
  const meter = new Meter((call) => {
    const now = Number(guest[EXECUTED].value);
    most = Math.max(most, now - last);
    last = now;
    return call < 3_000 ? 1 : -1;
  });
  const guest = prepared(countingExecuted(module, "instructions"), meter);
  expect(() => guest.run(ENDLESS)).toThrow(/^unreachable$/);
  expect(last).toBeGreaterThan(0);
  return most;
}

test("what waiting functions have bought in advance is not much", () => {
  const depth = 100;
  const loop = (turns: number) => `(local.set $i (i32.const ${turns}))
    (loop $l (br_if $l (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))`;
  const module = wat(`(module (func $down (param $depth i32) (local $i i32)
      ${loop(60)}
      (if (local.get $depth) (then (call $down (i32.sub (local.get $depth) (i32.const 1)))))
      ${loop(1_000)})
    (func (export "run") (param i32) (loop $l (call $down (i32.const ${depth})) (br $l))))`);
  expect(mostBetweenChecks(module)).toBeLessThan(depth * 1_000);
});

/** The least that one turn of these has to cost: what it takes in time, of which a unit is 0.3 ns. */
test.each([
  ["throw and catch_all", legacyEvasions, 1_000],
  ["rethrow", legacyEvasions, 5_000],
  ["delegate", legacyEvasions, 1_000],
  ["calls of a function with many locals", evasions, 10 * 1_000 * 4],
  ["memory.fill of a page", evasions, 10 * 65_536 * 0.05],
  ["memory.copy of half a page", evasions, 10 * 32_768 * 0.05],
  ["memory.copy over itself", evasions, 10 * 65_535 * 0.05],
  ["memory.fill of nothing", evasions, 10 * 20],
  ["memory.init of a few", evasions, 10 * 20],
  ["memory.grow by nothing", evasions, 500],
  ["memory.grow that fails", evasions, 500],
  ["table.grow by nothing", evasions, 50],
  ["table.set", evasions, 10 * 50],
  ["table.fill", evasions, 10 * 10 * 50],
  ["table.copy", evasions, 10 * 10 * 50],
  ["table.init", evasions, 10 * 2 * 50],
  ["calls of the host", evasions, 10 * 100],
  ["tail calls of the host", evasions, 100],
  ["calls of the host through a table", evasions, 10 * 100],
  ["tail calls of the host through a table", evasions, 100],
] as const)("costs what it takes: %s", (name, from: Readonly<Record<string, string>>, least) => {
  expect(charged(wat(from[name] as string), SOME)).toBeGreaterThan(SOME * least);
});

test("no instruction is free but those of which no machine code comes", () => {
  const charged = [...Array(0x100).keys()].filter((opcode) => !free.has(opcode));
  expect(charged.filter((opcode) => weightOf(opcode) < 1)).toEqual([]);
});

test("calls of functions with many locals are stopped between any two, in straight lines as well", () => {
  const calls = 100;
  const module = wat(`(module (func $wide (local ${"v128 ".repeat(40_000)}))
    (func (export "run") (param i32) ${"(call $wide)".repeat(calls)}))`);
  // Each call costs all that it may count to at most.
  const meter = new Meter(() => 200_000);
  prepared(module, meter).run(0);
  expect(meter.checks).toBeGreaterThanOrEqual(calls - 1);
});

test("bulk operations in a row are stopped between any two", () => {
  const fills = Array.from(
    { length: 100 },
    (_, i) => `(memory.fill (i32.const 0) (i32.const ${i + 1}) (i32.const 33554432))`,
  );
  const module = wat(
    `(module (memory (export "memory") 512) (func (export "run") (param i32) ${fills.join(" ")}))`,
  );
  for (const stopAt of [1, 2, 3, 4, 5]) {
    const meter = new Meter((call) => (call < stopAt ? 1 : -1));
    const guest = prepared(module, meter);
    expect(() => guest.run(0)).toThrow(/^unreachable$/);
    // At most one fill between two checks.
    expect(new Uint8Array(guest.memory.buffer)[0]).toBeLessThan(stopAt);
  }
});

test("lengths of up to 4 GiB do not make the countdown run over", () => {
  const lengths = [1, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];
  for (const operation of ["memory.grow", "table.grow $t (ref.null func)"]) {
    const calls = lengths.map((length) => `(drop (${operation} (i32.const ${length})))`).join(" ");
    const module = wat(`(module (memory 1 1) (table $t 0 0 funcref) (func (export "run") (param $n i32)
      (loop $l ${calls} (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`);
    const seen: number[] = [];
    const meter = new Meter((call) => {
      seen.push(guest["guardhost.countdown"].value);
      return call < 100 ? 0x7fff_ffff : -1;
    });
    const guest = prepared(module, meter);
    expect(() => guest.run(ENDLESS)).toThrow(/^unreachable$/);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(0);
  }
});

test("a start function that never ends is stopped", () => {
  const module = wat("(module (func $start (loop (br 0))) (start $start))");
  const meter = new Meter((call) => (call < 20 ? 1_000 : -1));
  expect(() => prepared(module, meter)).toThrow(/^unreachable$/);
  expect(meter.checks).toBe(20);
});

test("each entry from outside is charged", () => {
  const meter = Meter.unlimited();
  const guest = prepared(wat('(module (func (export "run") (param i32)))'), meter);
  for (let i = 0; i < 100; i++) guest.run(0);
  expect(meter.charged).toBeGreaterThanOrEqual(100);
});

test.each([0, -1, -2_147_483_648])("a countdown that the host sets to %d is used up", (value) => {
  const meter = new Meter(() => -1);
  const module = wat(evasions["an empty loop"] as string);
  const guest = prepared(module, meter);
  guest["guardhost.countdown"].value = value;
  expect(() => guest.run(ENDLESS)).toThrow(/^unreachable$/);
  expect(meter.checks).toBe(1);
});

test.each([
  ["check answers less than 0", [-1], []],
  ["check answers the least number", [-2_147_483_648], []],
  ["pause answers less than 0", [0], [-1]],
  ["pause answers 0", [0], [0]],
])("a guest that catches everything is stopped for good when %s", (_, checks, pauses) => {
  const module = wat(`(module (tag $t) (func $f (export "run") (param i32)
    (loop $l (try (do (try (do (call $f (i32.const 0))) (catch_all (br $l)))) (catch_all (br $l))) (br $l))))`);
  const meter = new Meter(
    (call) => checks[call - 1] ?? 1_000,
    (call) => pauses[call - 1] ?? 1_000,
  );
  expect(() => prepared(module, meter).run(0)).toThrow(/^unreachable$/);
  expect([meter.checks, meter.pauses]).toEqual([checks.length, pauses.length]);
});
