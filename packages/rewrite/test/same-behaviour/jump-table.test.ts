import { describe, expect, test } from "vitest";
import { prepare } from "../../src/index.js";
import { wat } from "../assemble.js";
import { Meter } from "./meter.js";

const caps = { maxMemoryPages: 512, maxTableElements: 1_000 };
const [PARTS, TURNS] = [30, 1_000];
/** What goes to the next part: a constant, local.set and br, and by way of the table local.get and br_table. */
const STEP = 5;

/** Writes what goes on at a part. */
type Jump = (next: number) => string;

const direct: Jump = (next) => `(local.set $at (i32.const ${next})) (br $again)`;

/**
 * A loop around a table, whose parts each go to the next one, and the last one to the first. Returns a number that says which
 * parts were run, and how often.
 */
function machine(jump: Jump): Uint8Array<ArrayBuffer> {
  const parts = Array.from({ length: PARTS }, (_, i) => i);
  return wat(`(module (func (export "run") (param $n i32) (result i32) (local $at i32) (local $other i32) (local $seen i32)
    (loop $again
      ${parts.map((i) => `(block $part${PARTS - 1 - i}`).join(" ")}
      (br_table ${parts.map((i) => `$part${i}`).join(" ")} (local.get $at))
      ${parts.map((i) => `) ${seeing(i)} ${i < PARTS - 1 ? jump(i + 1) : ""}`).join(" ")}
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (if (local.get $n) (then ${jump(0)})))
    (local.get $seen)))`);
}

const SEEING = 6;
const seeing = (part: number) =>
  `(local.set $seen (i32.add (i32.mul (local.get $seen) (i32.const 31)) (i32.const ${part + 1})))`;

interface Machine {
  run(turns: number): number;
  readonly "guardhost.countdown": WebAssembly.Global<"i32">;
}

function instantiate(module: Uint8Array, imports: WebAssembly.Imports): Machine {
  return new WebAssembly.Instance(new WebAssembly.Module(module as BufferSource), imports)
    .exports as unknown as Machine;
}

function charged(jump: Jump): number {
  const meter = Meter.unlimited();
  const prepared = instantiate(prepare(machine(jump), caps), { guardhost: meter.imports });
  meter.attach(prepared["guardhost.countdown"]);
  prepared.run(TURNS);
  return meter.charged;
}

test("a branch forward by way of a table pays for where it goes, and not for a turn of the loop", () => {
  const turn = charged((next) => `${direct(next).replace(" (br", " (nop) (br")}`) / TURNS / PARTS;
  const forward = charged(direct) / TURNS / PARTS;
  expect(forward).toBeLessThan(turn - 1);
  expect(forward).toBeGreaterThanOrEqual(SEEING + STEP);
});

describe("goes where it went before:", () => {
  test.each<readonly [string, Jump]>([
    ["a constant", direct],
    [
      "a constant beyond the table, for the default",
      (next) => (next < PARTS - 1 ? direct(next) : direct(-1)),
    ],
    ["a large constant", (next) => (next < PARTS - 1 ? direct(next) : direct(0x4000_0000))],
    [
      "a constant for another local",
      (next) => `(local.set $at (i32.const ${next})) (local.set $other (i32.const 29)) (br $again)`,
    ],
    [
      "a constant for another local, behind a part",
      (next) => `(local.set $at (i32.const ${next})) (block (local.set $other (i32.const 20)) (br $again))`,
    ],
    [
      "a constant that is not all",
      (next) => `(i32.const ${next}) (i32.const 29) (local.set $other) (local.set $at) (br $again)`,
    ],
    [
      "another value after a constant",
      (next) =>
        `(local.set $other (i32.const ${next})) (local.set $at (i32.const 29)) (local.set $at (local.get $other)) (br $again)`,
    ],
    ["no constant", (next) => `(local.set $at (i32.or (local.get $other) (i32.const ${next}))) (br $again)`],
    [
      "a branch that may not be taken",
      (next) => `(local.set $at (i32.const ${next})) (br_if $again (i32.const 1)) (unreachable)`,
    ],
    [
      "a branch to elsewhere",
      (next) => `(block $out (local.set $at (i32.const 29)) (br $out)) ${direct(next)}`,
    ],
    ["inside of another construct", (next) => `(block (block ${direct(next)}))`],
    [
      "inside of another loop",
      (next) => `(loop $inner (block (block (br_table 0 1 (local.get $other)))) ${direct(next)})`,
    ],
    ["a value on the stack", (next) => `(block (i32.const 7) ${direct(next)})`],
  ])("%s", (_, jump) => {
    const plain = instantiate(machine(jump), {});
    const meter = Meter.unlimited();
    const prepared = instantiate(prepare(machine(jump), caps), { guardhost: meter.imports });
    for (const turns of [1, 2, 7]) expect(prepared.run(turns)).toBe(plain.run(turns));
  });
});
