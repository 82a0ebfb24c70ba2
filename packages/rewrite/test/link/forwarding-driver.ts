import type { FunctionSignature, ModuleDescription, ValueType } from "@guardhost/core";
import { wat } from "../assemble.js";

const LOGGED: readonly ValueType[] = ["i32", "i64", "f32", "f64"];

/** The exports of a guard that {@link forwardingDriver} calls, in its order: functions of numbers. */
export function calledExports({
  exports,
}: ModuleDescription): { name: string; signature: FunctionSignature }[] {
  return exports.flatMap(({ name, signature }) =>
    signature?.params.every((type) => LOGGED.includes(type)) ? [{ name, signature }] : [],
  );
}

/**
 * A driver that hands each import of the guard on to the host, and whose `_start` calls the export of the guard that the
 * host asks for by its number, with arguments of the host, and shows the host what it returns. So whatever links the two, the
 * host sees all that the guard does.
 */
export function forwardingDriver(guard: ModuleDescription): Uint8Array<ArrayBuffer> {
  const imported = guard.imports.flatMap(({ module, name, signature }) =>
    signature ? [{ module, name, signature }] : [],
  );
  const called = calledExports(guard);
  const hosts = imported.map(
    ({ name, signature }, i) => `(import "host" ${quote(name)} (func $host${i} ${typeOf(signature)}))`,
  );
  const exports = called.map(
    ({ name, signature }, i) => `(import "guard" ${quote(name)} (func $guard${i} ${typeOf(signature)}))`,
  );
  const shows = LOGGED.map(
    (type) => `(import "host" "show ${type}" (func $show_${type} (param ${type})))
    (import "host" "argument ${type}" (func $argument_${type} (result ${type})))`,
  );
  const forwards = imported.map(
    ({ module, name, signature }, i) => `(func (export ${quote(`${module}$${name}`)}) ${typeOf(signature)}
      ${signature.params.map((_, at) => `(local.get ${at})`).join(" ")} (call $host${i}))`,
  );
  const cases = called.map(({ signature: { params, results } }, i) => {
    const args = params.map((type) => `(call $argument_${type})`).join(" ");
    const shown = results
      .toReversed()
      .map((type) => (LOGGED.includes(type) ? `(call $show_${type})` : "(drop)"));
    return `(if (i32.eq (local.get $which) (i32.const ${i})) (then ${args} (call $guard${i}) ${shown.join(" ")}))`;
  });
  return wat(`(module ${[...hosts, ...exports, ...shows].join("\n")}
    (import "host" "which" (func $which (result i32)))
    (type $pair (func (param i32 i32) (result i32 i32)))
    (global $calls (mut i64) (i64.const 0))
    ${forwards.join("\n")}
    (func $count (result i64)
      (global.set $calls (i64.add (global.get $calls) (i64.const 1)))
      (global.get $calls))
    (func (export "_start") (local $which i32)
      (local.set $which (call $which))
      (call $show_i64 (call $count))
      (i32.const 1) (local.get $which) (block (type $pair) (br_if 0 (local.get $which))) (drop) (drop)
      ${cases.join("\n")}))`);
}

function typeOf({ params, results }: FunctionSignature): string {
  return `(param ${params.join(" ")}) (result ${results.join(" ")})`;
}

/** A string of the text format. */
export function quote(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`);
  return `"${bytes.join("")}"`;
}
