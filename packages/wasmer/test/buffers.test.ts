import { wat } from "@guardhost/wat";
import "@guardhost/runtimes/watchdog";
import { afterAll, describe, expect, test } from "vitest";
import { type CompiledGuard, defaultLimits, type GuardChannel, GuardError, wasmer } from "../src/index.js";

const MEBIBYTE = 1_048_576;

/** A guard that answers with its input, and fails if the first 4 KiB of its memory are not as it left them. */
function echoGuard(input: number, output: number): Uint8Array<ArrayBuffer> {
  return wat(`(module
    (memory (export "memory") 80)
    (global $allocations (mut i32) (i32.const 0))
    (global $sum (mut i32) (i32.const 0))
    (func $checksum (result i32) (local $at i32) (local $sum i32)
      (loop $next
        (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) (i32.load (local.get $at))))
        (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (i32.const 4096))))
      (local.get $sum))
    (func (export "alloc") (param i32) (result i32)
      (global.set $allocations (i32.add (global.get $allocations) (i32.const 1)))
      (if (result i32) (i32.and (global.get $allocations) (i32.const 1))
        (then (i32.const ${input})) (else (i32.const ${output}))))
    (func (export "dealloc") (param i32 i32)
      ;; What the host does not hold yet is lost.
      (memory.fill (local.get 0) (i32.const 0xdd) (select (local.get 1) (i32.const 65536) (i32.lt_u (local.get 1) (i32.const 65536))))
      (global.set $sum (call $checksum)))
    (func (export "_initialize")
      (memory.fill (i32.const 0) (i32.const 0xdd) (i32.const 4100)) (global.set $sum (call $checksum)))
    (func $label (export "label_resource") (param $in i32) (param $bytes i32) (param $out i32) (param i32) (result i32)
      (memory.copy (local.get $out) (local.get $in) (local.get $bytes))
      (local.get $bytes))
    (func (export "label_agent") (param i32 i32 i32 i32) (result i32)
      ;; The input is where the checksum looks, so it is taken out again.
      (memory.fill (local.get 0) (i32.const 0xdd) (local.get 1))
      (memory.fill (local.get 2) (i32.const 0xdd) (i32.const 4))
      (select (i32.const 0) (i32.const -9) (i32.eq (call $checksum) (global.get $sum))))
    (func (export "label_response") (param i32 i32 i32 i32) (result i32) (i32.const -7)))`);
}

const compiled: CompiledGuard[] = [];
afterAll(async () => {
  await Promise.all(compiled.map((guard) => guard.close()));
});

const engine = wasmer();
async function open(module: Uint8Array<ArrayBuffer>): Promise<GuardChannel> {
  const guard = await engine.compile(module, defaultLimits);
  compiled.push(guard);
  return guard.open({ callBackend: () => null, log: () => undefined });
}

/** Around what travels with a call, and what does not. */
const sizes = [1, 63, 64, 511, 512, 513, 16_383, 16_384, 16_385, 70_000];

describe.each([
  ["input", [1, 8, 32, 63, 64, 100, 575, 576, 32_760, 33_000]],
  ["output", [1, 8, 32, 63, 64, 100, 575, 576, 32_760, 33_000]],
] as const)("an %s buffer near the memory that the driver borrows", (which, places) => {
  test.each(places)("at %i", async (place) => {
    const channel = await open(
      which === "input" ? echoGuard(place, 4 * 65_536) : echoGuard(4.5 * MEBIBYTE, place),
    );
    for (const size of sizes) {
      const input = Uint8Array.from({ length: size }, (_, at) => (at * 7 + size) % 251);
      expect(Buffer.from(await channel.call("label_resource", input)).equals(input)).toBe(true);
      // Small ones only: the guard's own bytes are what is compared.
      expect(await channel.call("label_agent", new Uint8Array(3))).toEqual(new Uint8Array(0));
    }
    await channel.close();
  });
});

test("an input that has no place is passed over, and the next call is understood", async () => {
  const channel = await open(echoGuard(0, MEBIBYTE));
  for (const size of sizes) {
    const call = (async () => channel.call("label_resource", new Uint8Array(size)))();
    await expect(call).rejects.toSatisfy((error) => GuardError.is(error, "OUT_OF_MEMORY") && !error.lost);
  }
  await channel.close();
});
