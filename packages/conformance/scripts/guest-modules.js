/** The modules of the suite: which pieces of WebAssembly text each is made of. */

const GUARD = [
  "imports",
  "memory",
  "output",
  "trace",
  "allocator",
  "program",
  "commands",
  "traps",
  "host-commands",
  "wasi-commands",
  "label",
];
const PLAIN = ["no-throw", "label-exports"];

/**
 * Guards that run programs, by name: files of `src/guest`, put together in this order.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const guards = {
  guard: [...GUARD, ...PLAIN, "allocator-exports"],
  /** For `allowDirectMemory`. */
  direct: [...GUARD, ...PLAIN],
  halfAllocator: [...GUARD, ...PLAIN, "alloc-export"],
  throwing: [...GUARD, "throw", "label-exports", "allocator-exports"],
  catching: [...GUARD, "throw", "catching-label-exports", "allocator-exports"],
  reactor: [...GUARD, ...PLAIN, "allocator-exports", "initialize", "start-export"],
  startSection: [...GUARD, ...PLAIN, "allocator-exports", "start-section"],
  trapAtStart: [...GUARD, ...PLAIN, "allocator-exports", "trap-at-start"],
  exitAtStart: [...GUARD, ...PLAIN, "allocator-exports", "exit-at-start"],
  trapInInitialize: [...GUARD, ...PLAIN, "allocator-exports", "trap-in-initialize"],
  exitInInitialize: [...GUARD, ...PLAIN, "allocator-exports", "exit-in-initialize"],
  endless: [...GUARD, "endless", ...PLAIN, "allocator-exports"],
  endlessCatching: [...GUARD, "endless-catching", ...PLAIN, "allocator-exports"],
  endlessCatchingReferences: [...GUARD, "endless-catching-references", ...PLAIN, "allocator-exports"],
  endlessTailCalls: [...GUARD, "endless-tail-calls", ...PLAIN, "allocator-exports"],
  endlessAtStart: [...GUARD, ...PLAIN, "allocator-exports", "endless-at-start"],
  endlessInInitialize: [...GUARD, ...PLAIN, "allocator-exports", "endless-in-initialize"],
};

const LABEL_AGENT = '(func (export "label_agent") (param i32 i32 i32 i32) (result i32) (i32.const 0))';
const LABEL_RESOURCE = '(func (export "label_resource") (param i32 i32 i32 i32) (result i32) (i32.const 0))';
const LABEL_RESPONSE = '(func (export "label_response") (param i32 i32 i32 i32) (result i32) (i32.const 0))';
const MEMORY = '(memory (export "memory") 1)';
const ALLOC = `(func (export "alloc") (param i32) (result i32)
    (global.get $heap) (global.set $heap (i32.add (global.get $heap) (local.get 0))))`;
const DEALLOC = '(func (export "dealloc") (param i32 i32))';
const SPINNING = `(func (export "label_resource") (param i32 i32 i32 i32) (result i32)
    (loop $again (br $again)) (i32.const 0))`;
const COUNTDOWN = '(global (export "guardhost.countdown") (mut i32) (i32.const 1000))';
/** A tool without a name, no arguments, and no room for what it answers. */
const ASK =
  "(drop (call $ask (i32.const 8) (i32.const 0) (i32.const 8) (i32.const 0) (i32.const 8) (i32.const 0)))";
const IMPORTS = ";; imports";
const MORE = ";; more";

/**
 * A label function that tries a thousand times to grow something by one.
 * @param {string} name @param {string} grow @param {string} size
 */
function growing(name, grow, size) {
  return `(func (export "${name}") (param i32 i32 i32 i32) (result i32)
    (local $times i32)
    (loop $again
      (drop (${grow} (i32.const 1)))
      (local.set $times (i32.add (local.get $times) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $times) (i32.const 1000))))
    (${size}))`;
}

/**
 * Modules that are `minimal.wat` with pieces of its text replaced.
 * @type {Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>}
 */
export const variations = {
  minimal: [],
  noLabelAgent: [[LABEL_AGENT, ""]],
  noLabelResource: [[LABEL_RESOURCE, ""]],
  noLabelResponse: [[LABEL_RESPONSE, ""]],
  labelWithFewParameters: [
    [LABEL_AGENT, '(func (export "label_agent") (param i32 i32 i32) (result i32) (i32.const 0))'],
  ],
  labelWithoutResult: [[LABEL_RESOURCE, '(func (export "label_resource") (param i32 i32 i32 i32))']],
  labelWithLongResult: [
    [LABEL_RESPONSE, '(func (export "label_response") (param i32 i32 i32 i32) (result i64) (i64.const 0))'],
  ],
  labelIsGlobal: [[LABEL_AGENT, '(global (export "label_agent") i32 (i32.const 0))']],
  commandOnly: [
    [LABEL_AGENT, ""],
    [LABEL_RESOURCE, ""],
    [LABEL_RESPONSE, ""],
    [MORE, '(func (export "_start"))'],
  ],
  noMemory: [[MEMORY, ""]],
  privateMemory: [[MEMORY, "(memory 1)"]],
  memoryOfOtherName: [[MEMORY, '(memory (export "mem") 1)']],
  memoryIsFunction: [[MEMORY, '(memory 1) (func (export "memory"))']],
  nineMemoryPages: [[MEMORY, '(memory (export "memory") 9)']],
  noAllocator: [
    [ALLOC, ""],
    [DEALLOC, ""],
  ],
  noDealloc: [[DEALLOC, ""]],
  allocWithoutResult: [[ALLOC, '(func (export "alloc") (param i32))']],
  deallocWithFewParameters: [[DEALLOC, '(func (export "dealloc") (param i32))']],
  allocIsMemory: [
    [ALLOC, ""],
    [MEMORY, '(memory (export "memory") (export "alloc") 1)'],
  ],
  initializeWithResult: [[MORE, '(func (export "_initialize") (result i32) (i32.const 0))']],
  importFromElsewhere: [
    [IMPORTS, '(import "wasi_unstable" "fd_write" (func (param i32 i32 i32 i32) (result i32)))'],
  ],
  importFromPrototype: [[IMPORTS, '(import "__proto__" "toString" (func))']],
  importUnknownHostFunction: [[IMPORTS, '(import "env" "abort" (func (param i32 i32 i32 i32)))']],
  importPrototypeMember: [[IMPORTS, '(import "env" "toString" (func))']],
  importHostFunctionWrongly: [[IMPORTS, '(import "env" "host_log" (func (param i32 i32)))']],
  importBackendWrongly: [
    [IMPORTS, '(import "env" "call_backend" (func (param i32 i32 i32 i32 i32 i32) (result i64)))'],
  ],
  importUnknownWasiFunction: [[IMPORTS, '(import "wasi_snapshot_preview1" "thread_spawn" (func))']],
  importWasiFunctionWrongly: [
    [IMPORTS, '(import "wasi_snapshot_preview1" "clock_time_get" (func (param i32 i32 i32) (result i32)))'],
  ],
  importMemory: [
    [IMPORTS, '(import "env" "memory" (memory 1))'],
    [MEMORY, '(export "memory" (memory 0))'],
  ],
  importTable: [[IMPORTS, '(import "env" "table" (table 1 funcref))']],
  importGlobal: [[IMPORTS, '(import "env" "global" (global i32))']],
  nineTableElements: [[MORE, "(table 9 funcref)"]],
  fiveTables: [[MORE, "(table 0 funcref)".repeat(5)]],
  /** Tables, lists and payloads of exceptions, which are made on the host's heap. */
  exceptionTable: [[MORE, "(tag) (table 1 exnref)"]],
  exceptionOfExceptions: [[MORE, "(tag (param exnref))"]],
  exceptionOfVectors: [[MORE, "(tag (param v128))"]],
  largeException: [[MORE, "(tag (param i32 i32 i32 i32 i32))"]],
  threads: [[MEMORY, '(memory (export "memory") 1 1 shared)']],
  memory64: [[MEMORY, '(memory (export "memory") i64 1)']],
  multiMemory: [[MORE, "(memory 1)"]],
  illTyped: [[MORE, "(func (result i32) (i64.const 0))"]],
  twoPagesAtMost: [
    [MEMORY, '(memory (export "memory") 1 2)'],
    [ALLOC, ""],
    [DEALLOC, ""],
  ],
  /** Each label function grows something again and again, and answers as many bytes as it has then. */
  growsToTheEnd: [
    [MEMORY, '(memory (export "memory") 1 65536)'],
    [LABEL_AGENT, growing("label_agent", "table.grow 0 (ref.null func)", "table.size 0")],
    [LABEL_RESOURCE, growing("label_resource", "memory.grow", "memory.size")],
    [LABEL_RESPONSE, growing("label_response", "table.grow 1 (ref.null extern)", "table.size 1")],
    [MORE, "(table 1 4294967295 funcref) (table 1 externref)"],
  ],
  /**
   * Asks its backend twice, or once, with nothing in between or behind where it could be interrupted: no loop, no function
   * of its own, and no allocator.
   */
  asking: [
    [ALLOC, ""],
    [DEALLOC, ""],
    [IMPORTS, '(import "env" "call_backend" (func $ask (param i32 i32 i32 i32 i32 i32) (result i32)))'],
    [
      LABEL_RESOURCE,
      `(func (export "label_resource") (param i32 i32 i32 i32) (result i32) ${ASK} ${ASK} (i32.const 0))`,
    ],
    [
      LABEL_RESPONSE,
      `(func (export "label_response") (param i32 i32 i32 i32) (result i32) ${ASK} (i32.const 0))`,
    ],
  ],
  importInterruptCheck: [[IMPORTS, '(import "guardhost" "check" (func (result i32)))']],
  /** Has an export by which a host would reach its interrupt checks. */
  forgedCountdown: [
    [MORE, COUNTDOWN],
    [LABEL_RESOURCE, SPINNING],
  ],
  /** Has the imports of such checks as well, and does not call them. */
  forgedChecks: [
    [
      IMPORTS,
      `(import "guardhost" "check" (func (result i32)))
       (import "guardhost" "pause" (func (result i32)))`,
    ],
    [MORE, COUNTDOWN],
    [LABEL_RESOURCE, SPINNING],
  ],
  severalProblems: [
    [LABEL_RESPONSE, ""],
    [MEMORY, '(memory (export "mem") 1)'],
    [DEALLOC, '(func (export "dealloc") (param i32))'],
    [IMPORTS, '(import "env" "abort" (func (param i32 i32 i32 i32)))'],
  ],
  standardFeatures: [
    [
      MORE,
      `(func $features (param externref f32) (result i32 v128)
         (drop (table.size 0))
         (i32.extend8_s (i32.trunc_sat_f32_s (local.get 1)))
         (v128.const i32x4 1 2 3 4))
       (table 1 externref)
       (global (export "counter") (mut i32) (i32.const 0))`,
    ],
  ],
};
