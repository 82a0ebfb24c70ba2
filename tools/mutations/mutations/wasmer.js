/** Rules of the linker, of the driver that it links to guards, of their frames, and of the host that talks to them. */

/** @typedef {import("../mutation.js").Mutation} Mutation */

/** What a guard reaches of its driver, and the driver of it. @type {readonly Mutation[]} */
export const linkMutations = [
  {
    package: "rewrite",
    file: "link/module-parts.ts",
    find: "if (index >= count)",
    replace: "if (index < 0)",
    fails: "link/link-command.test.ts > a guard that reaches for",
  },
  {
    package: "rewrite",
    file: "link/renumbered-code.ts",
    find: "case GLOBAL_SET:",
    replace: "",
    fails: "link/link-command.test.ts > a guard that reaches for a global of the driver's",
  },
  {
    package: "rewrite",
    file: "link/renumbered-code.ts",
    find: 'this.#module.check("type", old, start);',
    replace: "",
    fails: "link/link-command.test.ts > a guard that reaches for a block of such a type",
  },
  {
    package: "rewrite",
    file: "link/link-map.ts",
    find: "guard.signatureOf(index), driver.signatureOf(found.index)",
    replace: "guard.signatureOf(index), guard.signatureOf(index)",
    fails: "link/link-command.test.ts > an import of another type",
  },
  {
    package: "rewrite",
    file: "link/link-map.ts",
    find: "guard.signatureOf(found.index), driver.signatureOf(index)",
    replace: "driver.signatureOf(index), driver.signatureOf(index)",
    fails: "link/link-command.test.ts > an export of another type",
  },
  {
    package: "rewrite",
    file: "link/link-map.ts",
    find: " || found.index < driver.contents.importedFunctions",
    replace: "",
    fails: "link/link-command.test.ts > a binding to what the guard itself has exported",
  },
  {
    package: "rewrite",
    file: "link/link-command.ts",
    find: "Uint8Array.of(0, 0x00, 0x0b)",
    replace: "Uint8Array.of(0, 0x01, 0x0b)",
    fails: "link/link-command.test.ts > a function that the guard has not, to one that traps",
  },
  {
    package: "rewrite",
    file: "link/refusals.ts",
    find: 'if (dataSegments > 0) return "has data segments";',
    replace: "",
    fails: "link/link-command.test.ts > a driver's data",
  },
];

/** @type {(file: string, find: string, replace: string, fails: string) => Mutation} */
const wasmer = (file, find, replace, fails) => ({ package: "wasmer", file, find, replace, fails });
/** @type {typeof wasmer} */
const driver = (file, find, replace, fails) => wasmer(`driver/assembly/${file}`, find, replace, fails);

/** What the guard can do to the streams that carry frames, and to what the driver borrows. @type {readonly Mutation[]} */
const isolation = [
  driver(
    "wasi/stdio.ts",
    "store<u32>(read, 0);",
    "store<u32>(read, 1);",
    "isolation.test.ts > by reading stdin",
  ),
  driver(
    "wasi/stdio.ts",
    "send(ToHost.OUTPUT, kept,",
    "send(ToHost.ANSWER, kept,",
    "isolation.test.ts > by writing one to descriptor 1",
  ),
  driver(
    "wasi/descriptors.ts",
    " || streamOf(to) === Stream.NONE",
    "",
    "isolation.test.ts > renumbering stdin to another descriptor",
  ),
  driver("wasi/descriptors.ts", "set(descriptor, Stream.NONE, 0);", "", "isolation.test.ts > closing stdin"),
  driver(
    "frames.ts",
    "  restore(base);\n  sendMore(",
    "  sendMore(",
    "isolation.test.ts > by writing where the driver borrows memory",
  ),
  driver(
    "scratch.ts",
    "return pointer < SCRATCH_BYTES ? ELSEWHERE : 0;",
    "return 0;",
    "buffers.test.ts > an output buffer near the memory that the driver borrows",
  ),
  driver(
    "stash.ts",
    "const at = pointer < STASH + STASH_BYTES ? ELSEWHERE : STASH;",
    "const at = STASH;",
    "buffers.test.ts > an input buffer near the memory that the driver borrows",
  ),
  driver(
    "exchange.ts",
    "if (attempt === 1) skipPayload(waiting);",
    "",
    "buffers.test.ts > an input that has no place",
  ),
];

/** Limits and budgets that the driver keeps, whatever the guard says. @type {readonly Mutation[]} */
const limits = [
  driver(
    "exchange.ts",
    "if (has(output, 4)) store<u32>(output, 0);",
    "",
    "conformance.test.ts > retry:stale-bytes-are-no-hint",
  ),
  driver(
    "exchange.ts",
    "hint > capacity ? hint : <u64>capacity * 2",
    "hint > 0 ? hint : <u64>capacity * 2",
    "conformance.test.ts > retry:smaller-hint-is-ignored",
  ),
  driver(
    "exchange.ts",
    "<u32>min<u64>(wanted, maxOutputBytes)",
    "<u32>wanted",
    "conformance.test.ts > retry:larger-hint-is-clamped",
  ),
  driver(
    "exchange.ts",
    "attempt >= maxAttempts",
    "attempt > maxAttempts",
    "conformance.test.ts > retry:three-attempts",
  ),
  driver(
    "buffers.ts",
    "pointer === 0 || has(pointer, bytes) ? true",
    "pointer !== 1 ? true",
    "conformance.test.ts > memory:output-out-of-range",
  ),
  driver(
    "buffers.ts",
    "return overlap ? fail(Failure.OVERLAPPING_BUFFERS, input, output, 0) : true;",
    "return true;",
    "conformance.test.ts > memory:overlapping-buffers",
  ),
  driver(
    "host-functions.ts",
    "argsBytes > maxArgsBytes || nameBytes > maxArgsBytes",
    "false",
    "conformance.test.ts > backend:arguments-too-long",
  ),
  driver(
    "host-functions.ts",
    "if (isAllocating()) return FAILED;",
    "",
    "conformance.test.ts > backend:not-from-the-allocator",
  ),
  driver(
    "interrupts.ts",
    "if (time >= deadline) announceStop(StopReason.DEADLINE, 0);",
    "",
    "deadline.test.ts > a deadline is seen inside the sandbox",
  ),
  driver("host-functions.ts", "spend(kept);", "", "log-budget.test.ts > a guard that logs for ever"),
  driver("wasi/stdio.ts", "spend(kept);", "", "log-budget.test.ts > a guard that prints for ever"),
  driver("credit.ts", "if (exhausted) return 0;", "", "log-budget.test.ts > a guard that logs for ever"),
  driver(
    "interrupts.ts",
    "return allocatorTime >= ALLOCATOR_TIMEOUT || allocatorClock >= ALLOCATOR_CLOCK;",
    "return false;",
    "conformance.test.ts > endless:alloc-of-the-input",
  ),
];

/** What the host takes from a sandbox. @type {readonly Mutation[]} */
const host = [
  wasmer(
    "frames/frame-decoder.ts",
    "if (payloadBytes > limit)",
    "if (payloadBytes < 0)",
    "frames.test.ts > has a payload beyond its limit",
  ),
  wasmer(
    "frames/frame-decoder.ts",
    "limit === undefined",
    "limit === null",
    "frames.test.ts > has a tag that nobody knows",
  ),
  wasmer(
    "frames/frame-decoder.ts",
    "this.#headerBytes > 0 || this.#frame !== undefined",
    "false",
    "frames.test.ts > ends within one",
  ),
  wasmer(
    "sandbox/driven-guard.ts",
    "tag === FromDriver.ready && request === undefined",
    "tag === FromDriver.ready",
    "driven-guard.test.ts > that says it is ready in a call",
  ),
  wasmer(
    "sandbox/driven-guard.ts",
    "tag === FromDriver.done && request !== undefined",
    "tag === FromDriver.done",
    "driven-guard.test.ts > that answers before there is a call",
  ),
  wasmer(
    "sandbox/driven-guard.ts",
    "default:\n        throw new FrameError(",
    "default:\n        break;\n        throw new FrameError(",
    "driven-guard.test.ts > with a tag that nobody knows",
  ),
  wasmer(
    "sandbox/driven-guard.ts",
    "if (answer.length > room) return encodeFrame(FromHost.backendAnswer, [FAILED]);",
    "",
    "conformance.test.ts > backend:result-out-of-range",
  ),
  wasmer(
    "sandbox/failures.ts",
    "invocation.exited(detail);",
    "invocation.fail(timedOut(true));",
    "conformance.test.ts > recovery:after-exit",
  ),
  wasmer(
    "wasmer.ts",
    "!(source instanceof Uint8Array)",
    "false",
    "loading.test.ts > a compiled module is refused",
  ),
  wasmer(
    "sandbox/assert-sandbox-runs.ts",
    " || globalThis.crossOriginIsolated === false",
    "",
    "loading.test.ts > a page that is not isolated is told which headers to send",
  ),
  wasmer(
    "sandbox/shared-wasmer.ts",
    "this.#forget(counted);\n      throw error;",
    "throw error;",
    "sdk-loading.test.ts > an SDK that could not be loaded is loaded by whoever comes next",
  ),
  wasmer(
    "sandbox/shared-wasmer.ts",
    'instanceWithoutMemory(cause) === undefined ? "ENGINE_UNAVAILABLE" : "OUT_OF_MEMORY"',
    '"ENGINE_UNAVAILABLE"',
    "sdk-loading.test.ts > an SDK that there is no memory for says so",
  ),
  wasmer(
    "sandbox/explain-exit.ts",
    " || exitCode === NOT_EXECUTABLE",
    "",
    "explain-exit.test.ts > a guard that could be instantiated once",
  ),
  wasmer(
    "sandbox/guard-sandbox.ts",
    "this.#use.giveUp();\n        onFailure();",
    "onFailure();",
    "guard-sandbox.test.ts > a process that ends by itself costs its client",
  ),
  wasmer(
    "sandboxed-guard.ts",
    "if (found !== undefined) throw",
    "if (false) throw",
    "instantiation.test.ts > a guard with a segment beyond",
  ),
];

export const wasmerMutations = [...isolation, ...limits, ...host];
