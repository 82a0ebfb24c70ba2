import { blockStatement, ifStatement, loopStatement, switchStatement } from "./random-constructs.js";
import { dispatchStatement } from "./random-dispatch.js";
import { type Dialect, exceptionStatement } from "./random-exceptions.js";
import { bulkStatement, computeStatement, deadCode } from "./random-leaves.js";
import { type Label, type Place, type Signature, signatures, type Target } from "./random-place.js";
import { RandomSource } from "./random-source.js";

const FUNCTIONS = 6;
/** Of these, each calls only those behind it, and none has a loop. So they need no fuel. */
const HELPERS = 4;
const REFUEL = "refuel";
/** Loops and calls that one call of an export may make. */
const FUEL = 60;
/** How many instructions a long stretch has, at most. */
const STRETCH = 4_000;

/**
 * A program, as text, whose only point is where it goes: constructs of every kind nested at random, with branches,
 * exceptions, calls and dead code between them. It always ends: loops and functions use up fuel, which the exports
 * named `refuel …` fill up. Every construct keeps its state in the locals $x, $y (i32) and $z (i64),
 * and dispatches by $place.
 *
 * Without `loops` there are no bulk operations either, so that what is charged in advance or by length cannot hide
 * what is not charged at all.
 */
export function randomProgram(seed: number, dialect: Dialect, loops: boolean): string {
  return new RandomProgram(seed, dialect, loops).text();
}

export class RandomProgram extends RandomSource {
  readonly dialect: Dialect;
  readonly #loops: boolean;
  readonly #functions: readonly Signature[];
  #signature: Signature = signatures[0] as Signature;

  constructor(seed: number, dialect: Dialect, loops: boolean) {
    super(seed);
    this.dialect = dialect;
    this.#loops = loops;
    this.#functions = Array.from({ length: FUNCTIONS }, () => this.pick(signatures));
  }

  text(): string {
    const functions = this.#functions.map((signature, index) => this.#function(signature, index));
    const exports = this.#functions.map(
      (_, i) => `(export "${REFUEL} ${i}" (func $refuel)) (export "f${i}" (func $f${i}))`,
    );
    const helpers = Array.from({ length: HELPERS }, (_, i) => this.#helper(i));
    const names = this.#functions.map((_, i) => `$f${i}`).join(" ");
    const tags = `(import "fuzzing-support" "wasmtag" (tag $host (param i32)))
      (tag $empty) (tag $loaded (param i32 i32))`;
    return `(module
      (type $void (func)) (type $one (func (param i32) (result i32)))
      (type $pair (func (param i32 i32) (result i32 i32))) (type $mixed (func (param i64 i32) (result i64)))
      (import "fuzzing-support" "log-i32" (func $log (param i32)))
      (import "fuzzing-support" "throw" (func $throw (param i32)))
      (import "fuzzing-support" "call-export-catch" (func $reenter (param i32) (result i32)))
      ${this.dialect === "none" ? "" : tags}
      (memory 1 3) (table $t 14 22 funcref) (elem (table $t) (i32.const 1) func ${names} $log $h0 $h1)
      (elem $passive func ${names}) (data $passive "some passive data")
      (global $fuel (mut i32) (i32.const ${FUEL}))
      ${exports.join("\n")}
      (func $refuel (global.set $fuel (i32.const ${FUEL})))
      ${this.dialect === "none" ? "" : "(func $thrower (throw $empty))"}
      (func $start (call $log (i32.const -1)))
      (start ${this.chance(2) && this.#functions[0]?.type === "$void" ? "$f0" : "$start"})
      ${functions.join("\n")} ${helpers.join("\n")})`;
  }

  /** Some statements in a row. They leave the stack as it was. */
  statements(place: Place): string {
    const count = place.depth > 0 ? this.random(4) : 1;
    return Array.from({ length: count }, () => this.#statement(place)).join("\n");
  }

  /** Statements inside one more construct. */
  inside(place: Place, ...labels: readonly Label[]): string {
    return this.statements({ labels: [...place.labels, ...labels], depth: place.depth - 1 });
  }

  /** The locals that carry as many values as a label takes. */
  values(count: number): string {
    return ["(local.get $x)", "(local.get $y)"].slice(0, count).join(" ");
  }

  /** Puts as many values back from the stack. */
  store(count: number): string {
    return ["(local.set $y)", "(local.set $x)"].slice(2 - count).join(" ");
  }

  /** Code in a row, now and then more than is charged at once. */
  stretch(): string {
    return computeStatement(this).repeat(this.random(this.chance(20) ? STRETCH / 4 : 20));
  }

  /** Opens what exceptions lead back to: a loop, if there may be any. */
  get again(): "loop" | "block" {
    return this.#loops ? "loop" : "block";
  }

  /** An i32 that is 0 every other time. */
  condition(): string {
    return this.pick([
      "(i32.and (local.get $x) (i32.const 1))",
      `(i32.lt_s (local.get $y) (i32.const ${this.random(9)}))`,
      "(i32.and (global.get $fuel) (i32.const 1))",
      "(i64.eqz (local.get $z))",
    ]);
  }

  /**
   * Uses up fuel, and leaves when there is none. To be put at the head of each loop and function. `within` names the
   * loop, which is no way out.
   */
  burn(place: Place, ...within: readonly string[]): string {
    const name = this.name();
    const around = [...within, name].map((construct) => ({ name: construct, arity: undefined }));
    const inside = { ...place, labels: [...place.labels, ...around] };
    return `(global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))
      (if ${name} (i32.lt_s (global.get $fuel) (i32.const 0)) (then ${this.#leave(inside)}))`;
  }

  /** A label that a branch can go to, if there is one. */
  target(place: Place): Target | undefined {
    return this.pick(place.labels.filter((label): label is Target => label.arity !== undefined));
  }

  #function(signature: Signature, index: number): string {
    this.#signature = signature;
    const [params, locals] = [
      signature.params,
      ["$x", "$y", "$z"].filter((x) => !signature.params.includes(x as "$x")),
    ];
    const declare = (kind: string) => (name: string) => `(${kind} ${name} ${name === "$z" ? "i64" : "i32"})`;
    return `(func $f${index} (type ${signature.type}) ${params.map(declare("param")).join(" ")}
      ${signature.results.map((name) => `(result ${name === "$z" ? "i64" : "i32"})`).join(" ")}
      ${locals.map(declare("local")).join(" ")} (local $place i32)
      ${locals.map((name) => `(local.set ${name} (${name === "$z" ? "i64" : "i32"}.const ${this.random(99)}))`).join(" ")}
      ${this.burn({ labels: [], depth: 0 })}
      ${this.statements({ labels: [], depth: 5 })}
      ${this.statements({ labels: [], depth: 5 })}
      ${this.#results()})`;
  }

  #helper(index: number): string {
    this.#signature = { type: "$one", params: ["$x"], results: ["$x"] };
    const statements = Array.from({ length: this.random(8) }, () => {
      const next = index + 1 + this.random(HELPERS);
      return this.pick([
        computeStatement(this),
        this.stretch(),
        `(if ${this.condition()} (then ${this.#leave({ labels: [{ name: "0", arity: 0 }], depth: 0 })}))`,
        next < HELPERS ? `(local.set $x (call $h${next} (local.get $x)))` : computeStatement(this),
        this.chance(4) ? "(call $log (local.get $x))" : computeStatement(this),
      ]);
    });
    return `(func $h${index} (export "h${index}") (param $x i32) (result i32) (local $y i32) (local $z i64)
      ${statements.join("\n")} (local.get $x))`;
  }

  #results(): string {
    return this.#signature.results.map((name) => `(local.get ${name})`).join(" ");
  }

  #statement(place: Place): string {
    const kind = this.random(place.depth > 0 ? 21 : 9);
    switch (kind) {
      case 0:
        return `(call $log (i32.const ${this.next()}))`;
      case 1:
      case 2:
        return computeStatement(this);
      case 3:
        return this.#call();
      case 4:
        return this.#loops ? bulkStatement(this) : computeStatement(this);
      case 5:
        return this.#branch(place);
      case 6:
        return this.chance(3) ? `${this.#leave(place)} ${deadCode(this)}` : computeStatement(this);
      case 7:
        return this.chance(2) ? this.stretch() : "(nop)";
      case 8:
        return `(drop ${this.condition()})`;
      case 9:
      case 10:
      case 11:
        return this.#loops ? loopStatement(this, place) : ifStatement(this, place);
      case 12:
      case 13:
        return ifStatement(this, place);
      case 14:
        return switchStatement(this, place);
      case 15:
        return `${this.values(2)} ${this.statements(place)} ${this.store(2)}`;
      case 16:
        return blockStatement(this, place);
      case 17:
        return this.#loops ? dispatchStatement(this, place) : switchStatement(this, place);
      default:
        return exceptionStatement(this, place);
    }
  }

  #call(): string {
    const index = this.random(FUNCTIONS);
    const { type, params, results } = this.#functions[index] as Signature;
    const args = params.map((name) => `(local.get ${name})`).join(" ");
    const store = results.toReversed().map((name) => `(local.set ${name})`);
    const element = this.chance(20) ? this.random(16) : index + 1;
    const call = this.pick([
      `(call $f${index} ${args})`,
      `(call_indirect $t (type ${type}) ${args} (i32.const ${element}))`,
    ]);
    const helper = this.pick([
      `(call $h${this.random(HELPERS)} (local.get $x))`,
      `(call_indirect $t (type $one) (local.get $x) (i32.const ${FUNCTIONS + 2 + this.random(2)}))`,
    ]);
    return this.pick([
      `${call} ${store.join(" ")}`,
      `${call} ${store.join(" ")}`,
      `(local.set $x ${helper})`,
      this.#signature.type === "$one" && this.chance(3)
        ? helper.replace("(call", "(return_call")
        : `(drop ${helper})`,
      `(drop (call $reenter (i32.const ${2 * index + 1})))`,
      this.chance(4) && type === this.#signature.type
        ? `${call.replace("(call", "(return_call")} ${deadCode(this)}`
        : `(call_indirect $t (param i32) (local.get $x) (i32.const ${FUNCTIONS + 1}))`,
    ]);
  }

  /** A branch that may be taken. */
  #branch(place: Place): string {
    const target = this.target(place);
    if (target === undefined) return "(nop)";
    const { name, arity } = target;
    return `${this.values(arity)} (br_if ${name} ${this.condition()}) ${this.store(arity)}`;
  }

  /** Leaves for good: nothing behind it in the same construct is reached. */
  #leave(place: Place): string {
    const { labels } = place;
    const target = this.target(place);
    if (target && !this.chance(2)) return `${this.values(target.arity)} (br ${target.name})`;
    const caught = labels.filter((candidate) => candidate.caught);
    if (caught.length > 0 && this.chance(2)) return `(rethrow ${this.pick(caught).name})`;
    const thrown = [
      "(throw $empty)",
      "(throw $loaded (local.get $x) (local.get $y))",
      "(throw $host (local.get $x))",
    ];
    return this.pick([
      `(return ${this.#results()})`,
      // The function's own label.
      `${this.#results()} (br ${labels.length})`,
      `${this.#results()} (br_table ${labels.length} ${labels.length} (local.get $x))`,
      this.dialect === "none" ? `(return ${this.#results()})` : this.pick(thrown),
      this.chance(4) ? "(unreachable)" : `(return ${this.#results()})`,
    ]);
  }
}
