/** Leaves the function when its argument says so. */
const count = "(if (i32.eqz (local.tee $n (i32.sub (local.get $n) (i32.const 1)))) (then (return)))";

const small = `(func $small ${"(drop (i32.const 1))".repeat(40)})`;

/**
 * Programs that try to run long without being charged for it. Each exports `run`, which does its trick as often as its
 * argument says. They import `host.call`, which does nothing.
 */
export const evasions: Readonly<Record<string, string>> = {
  "an empty loop": inLoop(""),
  "a loop of one branch that decides itself": program(`(func (export "run") (param $n i32)
    (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))`),
  "branches forward over everything": inLoop(
    `${"(block (br_if 0 (local.get $n)) (call $nothing) ".repeat(50)} ${")".repeat(50)}`,
  ),
  "a ladder of br_table": inLoop(`${"(block ".repeat(40)}
    (br_table ${Array.from({ length: 40 }, (_, i) => i).join(" ")} (i32.rem_u (local.get $n) (i32.const 40)))
    ${") (drop (i32.const 1))".repeat(40)}`),
  "both arms of many conditions": inLoop(
    "(if (i32.and (local.get $n) (i32.const 1)) (then (drop (i32.const 1))) (else (drop (i32.const 2)) (drop (i32.const 3))))".repeat(
      30,
    ),
  ),
  "the heavier arm of a condition": inLoop(
    `(if (local.get $n) (then ${"(drop (i32.const 1))".repeat(400)}) (else (nop)))`,
  ),
  "a loop that leaves by its outer label": program(`(func (export "run") (param $n i32)
    (loop $outer
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (loop $inner (br_if $outer (local.get $n)))))`),
  "many small loops": inLoop("(loop (drop (i32.const 1)))".repeat(200)),
  "loops around loops": inLoop(`${"(loop ".repeat(60)} (drop (i32.const 1)) ${")".repeat(60)}`),
  "a loop with parameters": program(`(func (export "run") (param $n i32)
    (local.get $n) (i64.const 1)
    (loop $l (param i32 i64) (result i32 i64)
      (drop) (local.tee $n (i32.sub (i32.const 1))) (i64.const 3) (br_if $l (local.get $n)))
    (drop) (drop))`),
  "code that nobody reaches": inLoop(
    "(block (br 0) (loop (br 0)) memory.fill (drop (memory.grow)) (call $nothing) (unreachable))".repeat(20),
  ),
  "calls of small functions": inLoop("(call $nothing)".repeat(30)),
  "calls through a table": inLoop("(call_indirect (i32.const 1))".repeat(30)),
  "a tree of calls without a loop": program(`(func $tree (export "run") (param $n i32)
    (if (i32.lt_s (local.get $n) (i32.const 2)) (then (return)))
    (call $tree (i32.shr_u (local.get $n) (i32.const 1))) (call $tree (i32.shr_u (local.get $n) (i32.const 1))))`),
  "a tree of calls without a loop or a cycle": inLoop(
    "(call $level0)",
    `${Array.from({ length: 9 }, (_, i) => `(func $level${i} (call $level${i + 1}) (call $level${i + 1}))`).join(" ")}
    (func $level9)`,
  ),
  "a small function, called directly": inLoop("(call $small)", small),
  "a small function, called last": withHelper("(return_call $small)", "(call $helper)", small),
  "a small function, called through a table": inLoop(
    "(call_indirect (i32.const 5))",
    `${small} (elem (i32.const 5) $small)`,
  ),
  "a small function, put into a table and called last": withHelper(
    "(table.set $t (i32.const 5) (ref.func $small)) (return_call_indirect (i32.const 5))",
    "(call $helper)",
    `${small} (elem declare func $small)`,
  ),
  "a small function that calls the host": withHelper("(call $host)"),
  "a small function that fills": withHelper("(memory.fill (i32.const 0) (i32.const 0) (i32.const 300))"),
  "a loop right at the beginning": program(`(func $f (param $n i32)
    (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func (export "run") (param $n i32)
      (loop $l (call $f (i32.const 3)) (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))`),
  "a few heavy turns, again and again": withHelper(`(local.set $i (i32.const 3))
    (loop $l ${"(drop (i32.const 1))".repeat(900)} (br_if $l (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))`),
  "a loop around a table of places to go on": program(`(func $resume (param $at i32) (result i32)
    (loop $again
      (block $two (block $one (block $zero (br_table $zero $one $two (local.get $at)))
        (local.set $at (i32.const 2)) (call $nothing) (br $again))
        (local.set $at (i32.const 0)) (br $again)))
    (i32.const 1))
    (func (export "run") (param $n i32)
      (loop $l (drop (call $resume (i32.const 1)))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))`),
  "a loop around a table, whose parts go round": dispatching(
    "(i32.const 1)",
    "(i32.const 2)",
    "(i32.const 0)",
  ),
  "a loop around a table, whose parts go on at themselves": dispatching(
    "(i32.const 1)",
    "(i32.const 1)",
    "(i32.const 0)",
  ),
  "a loop around a table, gone round by its default": dispatching(
    "(i32.const 1)",
    "(i32.const 2)",
    "(i32.const -1)",
    "$part0",
  ),
  "a loop around a table, gone round by its default, a large number": dispatching(
    "(i32.const 1)",
    "(i32.const 2)",
    "(i32.const 0x7fffffff)",
    "$part0",
  ),
  "a loop around a table, gone round by a local": dispatching(
    "(i32.const 1)",
    "(i32.const 2)",
    "(i32.and (local.get $n) (i32.const 1))",
  ),
  "a loop around a table, whose parts go forward by many steps":
    program(`(func (export "run") (param $n i32) (local $at i32)
    (loop $again
      ${Array.from({ length: 30 }, (_, i) => `(block $part${29 - i}`).join(" ")}
      (br_table ${Array.from({ length: 30 }, (_, i) => `$part${i}`).join(" ")} (local.get $at))
      ${Array.from({ length: 29 }, (_, i) => `) (drop (i32.const 1)) (local.set $at (i32.const ${i + 1})) (br $again)`).join(" ")})
      (local.set $n (i32.sub (local.get $n) (i32.const 1))) (local.set $at (i32.const 0)) (br_if $again (local.get $n))))`),
  "a loop that could turn before its call, and never does": inLoop(
    "(br_if $again (i32.eqz (local.get $n))) (call $small)",
    small,
  ),
  "a loop that turns before its call, around another one": inLoop(
    `(local.set $at (i32.const 9))
    (loop $inner
      (br_if $inner (i32.and (local.tee $at (i32.sub (local.get $at) (i32.const 1))) (i32.const 1)))
      (call $small)
      (br_if $inner (local.get $at)))`,
    small,
    "(local $at i32)",
  ),
  "functions that call each other": program(`
    (func $even (export "run") (param $n i32)
      (if (local.get $n) (then (call $odd (i32.sub (local.get $n) (i32.const 1))))))
    (func $odd (param $n i32) (if (local.get $n) (then (call $even (i32.sub (local.get $n) (i32.const 1))))))`),
  "a cycle of tail calls": program(`
    (func $even (export "run") (param $n i32)
      (if (local.get $n) (then (return_call $odd (i32.sub (local.get $n) (i32.const 1))))))
    (func $odd (param $n i32) (if (local.get $n) (then (return_call $even (i32.sub (local.get $n) (i32.const 1))))))`),
  "a cycle of tail calls through a table": program(`(type $take (func (param i32)))
    (elem (i32.const 2) $run)
    (func $run (export "run") (type $take)
      (if (local.get 0)
        (then (return_call_indirect (type $take) (i32.sub (local.get 0) (i32.const 1)) (i32.const 2)))))`),
  "tail calls out of a loop": program(`(func $run (export "run") (param $n i32) (local $i i32)
    (if (i32.eqz (local.get $n)) (then (return)))
    (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20))))
    (return_call $run (i32.sub (local.get $n) (i32.const 1))))`),
  "returns out of a loop": withHelper(
    "(loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 40))) (return)) (unreachable)",
  ),
  "straight code": inLoop("(drop (i32.const 1))".repeat(5_000)),
  "straight code of locals and globals": inLoop(
    "(global.set $at (local.tee $n (local.get $n))) (local.set $n (local.get $n)) (drop (global.get $at))".repeat(
      500,
    ),
  ),
  "straight code in blocks": inLoop(
    `${"(block (drop (i32.const 1)) ".repeat(60)} ${")".repeat(60)}`.repeat(40),
  ),
  "straight code with ways out": inLoop(`(block ${"(br_if 0 (i32.eqz (local.get $n))) ".repeat(3_000)})`),
  "calls of the host": inLoop("(call $host)".repeat(10)),
  "tail calls of the host": withHelper("(return_call $host)"),
  "calls of the host through a table": inLoop("(call_indirect (i32.const 0))".repeat(10)),
  "tail calls of the host through a table": withHelper("(return_call_indirect (i32.const 0))"),
  "memory.fill of nothing": inLoop("(memory.fill (i32.const 0) (i32.const 0) (i32.const 0))".repeat(10)),
  "memory.fill of a few": inLoop("(memory.fill (i32.const 0) (i32.const 0) (i32.const 7))".repeat(10)),
  "memory.copy of nothing": inLoop("(memory.copy (i32.const 0) (i32.const 0) (i32.const 0))".repeat(10)),
  "memory.init of a few": inLoop("(memory.init $data (i32.const 0) (i32.const 0) (i32.const 3))".repeat(10)),
  "calls of a function with many locals": inLoop(
    "(call $wide)".repeat(10),
    `(func $wide (local ${"i64 ".repeat(1_000)}))`,
  ),
  "memory.fill of a page": inLoop("(memory.fill (i32.const 0) (i32.const 0) (i32.const 65536))".repeat(10)),
  "memory.copy of half a page": inLoop(
    "(memory.copy (i32.const 0) (i32.const 32768) (i32.const 32768))".repeat(10),
  ),
  "memory.copy over itself": inLoop("(memory.copy (i32.const 1) (i32.const 0) (i32.const 65535))".repeat(10)),
  "memory.grow by nothing": inLoop("(drop (memory.grow (i32.const 0)))"),
  "memory.grow that fails": inLoop("(drop (memory.grow (i32.const -1)))"),
  "table.grow by nothing": inLoop("(drop (table.grow $t (ref.null func) (i32.const 0)))"),
  "table.grow that fails": inLoop("(drop (table.grow $t (ref.null func) (i32.const -1)))"),
  "table.set": inLoop("(table.set $t (i32.const 3) (ref.func $nothing))".repeat(10)),
  "table.fill": inLoop("(table.fill $t (i32.const 10) (ref.func $nothing) (i32.const 10))".repeat(10)),
  "table.copy": inLoop("(table.copy $t $t (i32.const 10) (i32.const 0) (i32.const 10))".repeat(10)),
  "table.init": inLoop("(table.init $t $functions (i32.const 10) (i32.const 0) (i32.const 2))".repeat(10)),
  "elem.drop and data.drop": inLoop("(elem.drop $dropped) (data.drop $empty)".repeat(10)),
  "slow arithmetic": inLoop(
    "(global.set $long (i64.div_s (global.get $long) (i64.extend_i32_u (i32.or (local.get $n) (i32.const 1)))))".repeat(
      10,
    ),
  ),
  "loads from all over the memory": inLoop(
    "(global.set $at (i32.load (i32.and (i32.mul (i32.add (global.get $at) (local.get $n)) (i32.const 0x9E3779B1)) (i32.const 0xfffc))))".repeat(
      10,
    ),
  ),
};

/** The same with legacy exception handling. */
export const legacyEvasions: Readonly<Record<string, string>> = {
  "throw and catch": inLoop("(try (do (throw $tag)) (catch $tag))"),
  "throw and catch_all": inLoop("(try (do (throw $tag)) (catch_all))"),
  "a try that catches nothing": inLoop("(try (do (call $nothing)) (catch_all (unreachable)))".repeat(10)),
  "throw out of a loop of a function": withHelper(
    `(loop $l
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 40))) (throw $tag))`,
    "(try (do (call $helper)) (catch_all))",
  ),
  "throw over a loop in another function": program(`
    (func $thrower (throw $tag))
    (func $looper (local $i i32)
      (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 40))))
      (call $thrower))
    (func (export "run") (param $n i32)
      (loop $l (try (do (call $looper)) (catch_all))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))`),
  rethrow: inLoop(
    `${"(try (do ".repeat(5)} (throw $tag) ${") (catch_all (rethrow 0)))".repeat(4)} ) (catch_all))`,
  ),
  delegate: inLoop(
    `(try $outer (do ${"(try (do ".repeat(5)} (throw $tag) ${") (delegate $outer))".repeat(5)}) (catch_all))`,
  ),
  "a loop that only catches continue": program(`(func (export "run") (param $n i32)
    (loop $l
      (try (do (throw $tag)) (catch_all (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))))`),
  "deep calls that catch and throw on": program(`
    (func $down (param $n i32)
      (if (i32.eqz (local.get $n)) (then (throw $tag)))
      (try (do (call $down (i32.sub (local.get $n) (i32.const 1)))) (catch_all (rethrow 0))))
    (func (export "run") (param $n i32)
      (loop $l (try (do (call $down (i32.const 50))) (catch_all))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))`),
  "deep calls with loops, thrown out of at once": program(`
    (func $down (param $n i32) (local $i i32)
      (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20))))
      (if (i32.eqz (local.get $n)) (then (throw $tag)))
      (call $down (i32.sub (local.get $n) (i32.const 1))))
    (func (export "run") (param $n i32)
      (loop $l (try (do (call $down (i32.const 50))) (catch_all))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))`),
};

/** The same with `try_table`. */
export const tableEvasions: Readonly<Record<string, string>> = {
  "throw and catch by a loop": program(`(func (export "run") (param $n i32)
    (loop $l
      (if (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (then (try_table (catch_all $l) (throw $tag))))))`),
  "throw and catch by a block": inLoop("(block $h (try_table (catch $tag $h) (throw $tag)))"),
  throw_ref: inLoop(`(block $out
      (try_table (catch_all $out)
        (block $again (result exnref) (try_table (catch_all_ref $again) (throw $tag)) (br $out))
        (throw_ref)))`),
  "throw over a loop in another function": program(`
    (func $thrower (throw $tag))
    (func $looper (local $i i32)
      (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 40))))
      (call $thrower))
    (func (export "run") (param $n i32)
      (loop $l (block $h (try_table (catch_all $h) (call $looper)))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))`),
};

function program(functions: string): string {
  const tag = functions.includes("$tag") ? "(tag $tag)" : "";
  return `(module
    (import "host" "call" (func $host))
    (memory (export "memory") 1 512)
    (table $t 20 1000 funcref) (elem (i32.const 0) func $host $nothing)
    (elem $functions func $nothing $nothing) (elem $dropped func $nothing) (data $data "data") (data $empty "")
    (global $long (mut i64) (i64.const -7777777777777)) (global $at (mut i32) (i32.const 0)) ${tag}
    (func $nothing)
    ${functions})`;
}

/** Three parts of a loop, each of which goes on at the place that is given for it, and counts. */
function dispatching(first: string, second: string, third: string, otherwise = "$part2"): string {
  const parts = [first, second, third].map((next) => `(local.set $at ${next}) (br $again)`);
  return program(`(func (export "run") (param $n i32) (local $at i32)
    (loop $again
      (block $part2 (block $part1 (block $part0 (br_table $part0 $part1 $part2 ${otherwise} (local.get $at))) ${count} ${parts[0]})
        ${count} ${parts[1]})
      ${count} ${parts[2]}))`);
}

/** A function that does `body` as often as its argument says, and `others` that it may call. */
function inLoop(body: string, others = "", locals = ""): string {
  return program(`${others} (func (export "run") (param $n i32) ${locals}
    (loop $again ${body} (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))`);
}

/** The same, of calls of a function $helper that does `body`. */
function withHelper(body: string, call = "(call $helper)", others = ""): string {
  return inLoop(call, `${others} (func $helper (local $i i32) ${body})`);
}
