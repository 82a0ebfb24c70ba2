/**
 * The guard ABI: every name, signature and number that host and guest agree on, and nothing else. For authors of guards
 * docs/guard-abi.md says it in full, with the JSON.
 *
 * A guard is a WebAssembly module that exports three label functions and its memory. The host writes JSON into the
 * guest's memory, calls a function with two buffers, and reads JSON back:
 *
 *     label_resource(inPtr, inLen, outPtr, outCap) -> n
 *
 *     n > 0    n bytes of JSON stand at outPtr
 *     n = 0    an empty answer
 *     n = -2   the answer does not fit; the first four bytes at outPtr may hold the size it needs
 *     n < 0    the guard failed, with a code of its own
 *
 * All pointers and lengths are unsigned 32-bit values that JavaScript sees as signed ones. "spec" below is the
 * behaviour specification of the reference host; a number without a section is ours.
 */

import { deepFreeze } from "../deep-freeze.js";
import type { FunctionSignature } from "../module/module-description.js";

/** The three label functions, by their export names. */
export type GuardOperation = "label_agent" | "label_resource" | "label_response";

/** Export names of the label functions, in the order in which a session uses them (spec 1.2). */
export const LABEL_FUNCTIONS: readonly GuardOperation[] = deepFreeze([
  "label_agent",
  "label_resource",
  "label_response",
]);

/** `(inPtr, inLen, outPtr, outCap) -> bytes written or a negative code`, exactly (spec 1.1 step 6c). */
export const LABEL_SIGNATURE: FunctionSignature = deepFreeze({
  params: ["i32", "i32", "i32", "i32"],
  results: ["i32"],
});

/** The guest's only memory. A JavaScript host can reach it only if it is exported (spec 1.2). */
export const MEMORY_EXPORT = "memory";

/** `alloc(size) -> pointer`, 0 on failure. Used only together with {@link DEALLOC_EXPORT} (spec 1.2). */
export const ALLOC_EXPORT = "alloc";

/** Signature of {@link ALLOC_EXPORT}. */
export const ALLOC_SIGNATURE: FunctionSignature = deepFreeze({ params: ["i32"], results: ["i32"] });

/** `dealloc(pointer, size)`, with the size that was asked of `alloc` (spec 1.2). */
export const DEALLOC_EXPORT = "dealloc";

/** Signature of {@link DEALLOC_EXPORT}. */
export const DEALLOC_SIGNATURE: FunctionSignature = deepFreeze({ params: ["i32", "i32"], results: [] });

/** Called once after instantiation where it is exported: constructors of C, C++ and Go run in it. */
export const INITIALIZE_EXPORT = "_initialize";

/** Signature of {@link INITIALIZE_EXPORT}. */
export const INITIALIZE_SIGNATURE: FunctionSignature = deepFreeze({ params: [], results: [] });

/** The entry point of a WASI command. Never called: a guard is a reactor (spec 1.2). */
export const START_EXPORT = "_start";

/** Name of the module whose functions the host provides (spec 1.3). */
export const HOST_MODULE = "env";

/** Name of the module that holds WASI preview 1. */
export const WASI_MODULE = "wasi_snapshot_preview1";

/** Names of the two host functions (spec 1.3). */
export type HostFunction = "call_backend" | "host_log";

/** Signatures of the host functions (spec 1.3). */
export const HOST_SIGNATURES: Readonly<Record<HostFunction, FunctionSignature>> = deepFreeze({
  /** `(namePtr, nameLen, argsPtr, argsLen, resultPtr, resultCap) -> bytes written, -1 or -2` */
  call_backend: { params: ["i32", "i32", "i32", "i32", "i32", "i32"], results: ["i32"] },
  /** `(level, messagePtr, messageLen)` */
  host_log: { params: ["i32", "i32", "i32"], results: [] },
});

/** An empty answer: no labels from `label_response`, an error from the other two (spec 1.9). */
export const EMPTY = 0;

/** `call_backend` failed, for whatever reason: budget, memory, JSON, backend (spec 1.3); or the allocator called it. */
export const FAILED = -1;

/**
 * The result does not fit its buffer, in both directions: label functions answer it to the host (spec 1.8),
 * `call_backend` answers it to the guest (spec 1.3). The buffer's first {@link SIZE_HINT_BYTES} bytes tell the size
 * that would do, as a little-endian unsigned 32-bit number.
 */
export const BUFFER_TOO_SMALL = -2;

/** Bytes of the size hint that goes with {@link BUFFER_TOO_SMALL}. A smaller buffer carries no hint. */
export const SIZE_HINT_BYTES = 4;

/** What `host_log` levels mean; every other number is "debug" (spec 1.3). */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
deepFreeze(LOG_LEVELS);

/** What an interrupt check answers instead of a positive number, which is how far to count until the next one: trap. */
export const INTERRUPT_STOP = -1;

/** What an interrupt check answers instead: be suspended for a moment, then ask again. */
export const INTERRUPT_PAUSE = 0;

/** Bytes of a page of linear memory, fixed by WebAssembly. */
export const PAGE_BYTES = 65_536;

/** Pages that a 32-bit memory can have, fixed by WebAssembly: 4 GiB. */
export const MAX_PAGES = 65_536;

/** Numbers that host and guest share by default (spec 1.1, 1.3, 1.5, 1.8). */
export const ABI_LIMITS = {
  /** 8 MiB (spec 1.5). */
  maxInputBytes: 8_388_608,
  /** 4 MiB (spec 1.8). */
  initialOutputBytes: 4_194_304,
  /** 16 MiB (spec 1.8). */
  maxOutputBytes: 16_777_216,
  /** Spec 1.8. */
  maxAttempts: 3,
  /** 32 MiB (spec 1.1). */
  maxMemoryPages: 512,
  /** Per call of a label function, not per attempt (spec 1.3). */
  maxBackendCalls: 50,
} as const;
deepFreeze(ABI_LIMITS);
