import type { GuardOperation } from "./abi/abi.js";
import type { WasmModule } from "./runtime/web-assembly.js";

/** What a gateway loses with an engine. Each flag is a fact about engine and runtime, found by feature detection. */
export interface EngineCapabilities {
  /**
   * A deadline stops a guest that is running, and so does an abort where one can happen meanwhile: see `timeSliced`.
   * Otherwise both are honoured between guest and host only.
   */
  readonly interruptible: boolean;
  /** The backend may return a promise. Otherwise it has to answer synchronously. */
  readonly asyncBackend: boolean;
  /** The caller's event loop keeps turning while a guest computes. Otherwise a call blocks it. */
  readonly timeSliced: boolean;
  /** The host sees the guest's memory. Otherwise only bytes cross. */
  readonly linearMemory: boolean;
}

/** Limits of a guard and of each of its calls. */
export interface GuardLimits {
  /** Bytes of one encoded input. */
  readonly maxInputBytes: number;
  /** Bytes of the output buffer at the first attempt. */
  readonly initialOutputBytes: number;
  /** Bytes that the output buffer may grow to. */
  readonly maxOutputBytes: number;
  /** How often a label function runs in one call while its output does not fit. */
  readonly maxAttempts: number;
  /** Pages of 64 KiB that the guest's memory may grow to, 1 to 65,536. */
  readonly maxMemoryPages: number;
  /** Elements that each of the guest's tables may grow to. There are at most 4 of them. */
  readonly maxTableElements: number;
  /** Bytes of the module; of a prepared one, bytes of the module that it was made of and holds. */
  readonly maxModuleBytes: number;
  /** Backend calls in one call of the guard, its retries included. */
  readonly maxBackendCalls: number;
  /** Bytes of the arguments of one backend call. */
  readonly maxBackendArgsBytes: number;
  /** Bytes of log text in one call, `host_log` and standard output together. */
  readonly maxLogBytes: number;
  /** Accept guards without `alloc` and `dealloc`: the host then writes above the memory the guest was loaded with. */
  readonly allowDirectMemory: boolean;
}

/** Limits to be merged over {@link defaultLimits}; those that are undefined are not given. */
export type PartialLimits = { readonly [Name in keyof GuardLimits]?: GuardLimits[Name] | undefined };

/** Levels of a guard's log messages (spec 1.3). */
export type GuardLogLevel = "debug" | "info" | "warn" | "error";

/** What a guest can reach: the host's side of `call_backend` and `host_log`. */
export interface GuardHost {
  /**
   * Calls a tool of the backend. A throw or a rejection is a failure that the guest sees as -1. `signal` aborts as soon as
   * the guest does not wait for the answer any more, for whatever reason, and not before.
   */
  callBackend(tool: string, args: unknown, options: { signal: AbortSignal }): unknown | Promise<unknown>;
  /** Takes text written by the guest: untrusted, possibly with control characters, within the log budget. */
  log(level: GuardLogLevel, message: string): void;
}

/** Whether a backend call of another session waits for a call. May begin, and end, while that is on its way. */
export interface Nesting {
  readonly isNested: boolean;
  /** Calls `callback` whenever it begins. Returns what takes it off again. */
  onNested(callback: () => void): () => void;
}

/** Limits of one call over a channel. */
export interface ChannelCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds left for the call, more than 0. The channel anchors them on its own clock. No limit unless given. */
  readonly timeoutMs?: number | undefined;
  /**
   * Tells whether a backend call of another session waits for this one; none does unless given. Engines that run a limited
   * number of calls at a time must not let a nested one wait for the others to end, also if it becomes nested only while
   * it waits.
   */
  readonly nesting?: Nesting | undefined;
}

/** How an instance is opened. */
export interface OpenOptions extends ChannelCallOptions {
  /**
   * Whether the instance must stay where it is: its guard keeps state that cannot be made anew. An engine may give up any
   * other instance that is not in a call, see {@link GuardChannel.call}.
   */
  readonly pinned?: boolean | undefined;
}

/** How a module is compiled. */
export interface CompileOptions {
  /**
   * The caller vouches for a compiled module: `guardhost prepare` rewrote the bytes it was made from. Says nothing about
   * bytes, which are checked whatever they claim.
   */
  readonly prepared?: boolean | undefined;
}

/** One instance of a guard: bytes in, bytes out. */
export interface GuardChannel {
  /**
   * Runs one label function. Calls do not overlap: the caller waits for one before it makes the next. Returns the answer
   * itself where the guest is through by then: a promise is a good part of what a small call costs.
   *
   * The input may be part of a larger buffer that others share, and so may the answer: both are to be copied from, never
   * transferred, and `input.buffer` is nobody's to read. The bytes of both are other calls' as soon as this one
   * has succeeded.
   *
   * An abort rejects with `signal.reason`, everything else with a GuardError. The instance is lost after a
   * GuardError whose `lost` is true, and after any other rejection. A GuardError `CLOSED` that is `lost` says that the
   * instance was gone before the guest was entered: the same call may be made on a fresh one.
   */
  call(
    operation: GuardOperation,
    input: Uint8Array,
    options?: ChannelCallOptions,
  ): Uint8Array | Promise<Uint8Array>;
  /** Ends the instance. May be called at any time and more than once. */
  close(): Promise<void>;
}

/** A guard that can be opened any number of times. Holds no state of any session. */
export interface CompiledGuard {
  /** Makes a fresh instance. What the guest does meanwhile counts towards the limits in `options`. */
  open(host: GuardHost, options?: OpenOptions): Promise<GuardChannel>;
  /** Ends what is left open. May be called more than once. */
  close(): Promise<void>;
}

/** Turns modules into channels. Holds no guard logic: no JSON, no labels, no retry loop of its own. */
export interface GuardEngine {
  readonly name: string;
  readonly capabilities: EngineCapabilities;
  /** Instances of a guard that may be live at the same time, unless its loader says otherwise; 64 unless given. */
  readonly maxLiveInstances?: number | undefined;
  /** Validates and compiles. Rejects with a GuardError `INVALID_MODULE` that lists everything wrong. */
  compile(
    module: Uint8Array | WasmModule,
    limits: GuardLimits,
    options?: CompileOptions,
  ): Promise<CompiledGuard>;
}
