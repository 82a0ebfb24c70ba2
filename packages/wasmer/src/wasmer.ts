import {
  ALLOC_EXPORT,
  assertKnownOptions,
  DEALLOC_EXPORT,
  type GuardEngine,
  GuardError,
  INITIALIZE_EXPORT,
  type ModuleDescription,
} from "@guardhost/core";
import { prepareGuard } from "@guardhost/engine";
import { describe, linkCommand, START_FUNCTION_EXPORT } from "@guardhost/rewrite";
import { driverBytes } from "./driver/driver-bytes.js";
import { assertSandboxRuns } from "./sandbox/assert-sandbox-runs.js";
import type { GuardFunctions } from "./sandbox/driven-guard.js";
import { GuardSandbox } from "./sandbox/guard-sandbox.js";
import { InstantiationTrap } from "./sandbox/instantiation-trap.js";
import { SharedWasmer, sandboxUnavailable } from "./sandbox/shared-wasmer.js";
import { SandboxedGuard } from "./sandboxed-guard.js";
import type { WasmerOptions } from "./wasmer-options.js";

/** Each process has a thread of its own, which costs 30 MB, and 100 ms to start where none is idle. */
const MAX_LIVE_INSTANCES = 8;

const OPTIONS: Readonly<Record<keyof WasmerOptions, true>> = { sdkModule: true };

/**
 * The sandbox of `@wasmer/sdk`: every instance of a guard is a process in it, on a thread of its own, without network, files,
 * arguments or environment. The guard never has the caller's thread, and sees no more of the sandbox than a driver that is
 * linked to it lets through.
 *
 * Guards have to be given as bytes: loading a compiled module rejects with a GuardError `NOT_PREPARED`. Loading rejects with
 * `ENGINE_UNAVAILABLE` where there is no SharedArrayBuffer, as in pages that are not cross-origin isolated, on threads that may
 * not wait, as those of pages, and where nothing is compiled at run time, as in Cloudflare Workers. So do calls, where the SDK's own workers
 * cannot be started or do not work. Both reject with `OUT_OF_MEMORY` where there is no memory for the SDK or a process.
 *
 * Throws a TypeError for options that do not exist.
 */
export function wasmer(options: WasmerOptions = {}): GuardEngine {
  assertKnownOptions("wasmer", options, OPTIONS);
  const shared = new SharedWasmer(options);
  return {
    name: "wasmer",
    capabilities: { interruptible: true, asyncBackend: true, timeSliced: true, linearMemory: false },
    maxLiveInstances: MAX_LIVE_INSTANCES,
    async compile(source, limits) {
      assertSandboxRuns();
      if (!(source instanceof Uint8Array)) {
        throw new GuardError(
          "NOT_PREPARED",
          "the Wasmer sandbox cannot run a compiled WebAssembly.Module, prepared or not: pass the bytes it was compiled from",
        );
      }
      const prepared = await prepareGuard(source, limits);
      const functions = functionsOf(describe(prepared));
      const linked = link(prepared);
      const trap = new InstantiationTrap(prepared);
      const openSandbox = () => GuardSandbox.open(shared, { linked, trap });
      const sandbox = await openSandbox();
      return new SandboxedGuard({ sandbox, openSandbox, functions, limits, trap });
    },
  };
}

function link(prepared: Uint8Array): Uint8Array {
  try {
    return linkCommand(prepared, driverBytes());
  } catch (cause) {
    // What was prepared can be linked, if there is memory for it.
    throw sandboxUnavailable("cannot link the guard", cause);
  }
}

function functionsOf({ exports }: ModuleDescription): GuardFunctions {
  const has = (name: string) => exports.some((entry) => entry.name === name);
  return {
    allocator: has(ALLOC_EXPORT) && has(DEALLOC_EXPORT),
    start: has(START_FUNCTION_EXPORT),
    initialize: has(INITIALIZE_EXPORT),
  };
}
