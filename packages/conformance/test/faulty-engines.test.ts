import { runConformance } from "@guardhost/conformance";
import { type GuardChannel, type GuardEngine, GuardError } from "@guardhost/core";
import { expect, test } from "vitest";
import { type ReferenceOptions, referenceEngine } from "./reference-engine.js";

type Wrap = NonNullable<ReferenceOptions["wrap"]>;

/** Changes how a channel fails. */
function rethrowing(change: (error: unknown) => unknown): Wrap {
  return (channel) => ({
    call: async (...args) => {
      try {
        return await channel.call(...args);
      } catch (error) {
        throw change(error);
      }
    },
    close: () => channel.close(),
  });
}

/** Changes what a channel answers. */
function answering(change: (answer: Uint8Array) => Uint8Array): Wrap {
  return (channel) => ({
    call: async (...args) => change(await channel.call(...args)),
    close: () => channel.close(),
  });
}

function asGuardError(error: unknown): GuardError {
  if (!GuardError.is(error)) throw new Error("the reference engine threw something else", { cause: error });
  return error;
}

/** An engine all of whose sessions share one instance. */
function sharing(): GuardEngine {
  const engine = referenceEngine();
  let shared: Promise<GuardChannel> | undefined;
  return {
    ...engine,
    async compile(module, limits) {
      const compiled = await engine.compile(module, limits);
      return {
        open(host) {
          shared ??= compiled.open(host);
          return shared;
        },
        close: () => compiled.close(),
      };
    },
  };
}

/** An engine that is said to stop running guests. */
function claimingToInterrupt(engine: GuardEngine): GuardEngine {
  return { ...engine, capabilities: { ...engine.capabilities, interruptible: true } };
}

test.each<[fault: string, engine: GuardEngine, requirement: string]>([
  ["cuts answers", referenceEngine({ wrap: answering((answer) => answer.subarray(1)) }), "call:echo"],
  ["answers views that change", referenceEngine({ wrap: answering(sameBuffer()) }), "call:answer-is-a-copy"],
  [
    "calls a trap harmless",
    referenceEngine({ wrap: rethrowing((error) => new GuardError(asGuardError(error).code, "again")) }),
    "trap:unreachable",
  ],
  [
    "calls an error code a loss",
    referenceEngine({
      wrap: rethrowing((error) => new GuardError(asGuardError(error).code, String(error), { lost: true })),
    }),
    "status:negative-is-the-guards-error",
  ],
  [
    "calls everything a trap",
    referenceEngine({ wrap: rethrowing(() => new GuardError("TRAPPED", "something", { lost: true })) }),
    "status:length-beyond-the-buffer",
  ],
  [
    "throws errors of its own",
    referenceEngine({ wrap: rethrowing((error) => new Error("wasm error", { cause: error })) }),
    "trap:unreachable",
  ],
  [
    "wraps the reason of an abort",
    referenceEngine({ wrap: rethrowing((error) => new Error("aborted", { cause: error })) }),
    "abort:before-the-call",
  ],
  [
    "ignores aborts",
    referenceEngine({
      wrap: (channel) => ({
        call: (operation, input) => channel.call(operation, input),
        close: () => channel.close(),
      }),
    }),
    "abort:before-the-call",
  ],
  [
    "runs every operation as label_resource",
    referenceEngine({
      wrap: (channel) => ({
        call: (_operation, input, options) => channel.call("label_resource", input, options),
        close: () => channel.close(),
      }),
    }),
    "call:operation",
  ],
  ["shares one instance", sharing(), "isolation:memory"],
  [
    "goes on after its end",
    referenceEngine({ wrap: ({ call, ...channel }) => ({ ...channel, call, close: async () => undefined }) }),
    "close:channel-refuses-calls",
  ],
  ["validates nothing", referenceEngine(), "validation:no-allocator"],
  ["caps no memory", referenceEngine(), "memory:growth-is-capped"],
  ["caps no memory that declares a maximum", referenceEngine(), "memory:declared-maximum-lifts-no-cap"],
  ["lets tables grow", referenceEngine(), "memory:growth-by-gigabytes"],
  ["knows no compiled modules", referenceEngine(), "validation:compiled-module"],
  [
    "looks at the clock only when the guest is through",
    claimingToInterrupt(referenceEngine()),
    "endless:straight-line-of-memory-fills",
  ],
  [
    "takes no notice of an abort by the backend",
    claimingToInterrupt(
      referenceEngine({
        wrap: (channel) => ({
          call: (operation, input, { timeoutMs } = {}) => channel.call(operation, input, { timeoutMs }),
          close: () => channel.close(),
        }),
      }),
    ),
    "abort:during-a-backend-call",
  ],
  ["lets a guest catch its exit", referenceEngine(), "trap:exit-cannot-be-caught"],
  ["has no clock", referenceEngine(), "wasi:wall-clock-is-deterministic"],
  ["prints nothing", referenceEngine(), "log:standard-output"],
  ["does not describe itself", { ...referenceEngine(), name: "" }, "call:engine-describes-itself"],
])("an engine that %s fails", async (_fault, engine, requirement) => {
  const { failed } = await runConformance(engine, { only: [requirement] });
  expect(failed.map(({ id }) => id)).toEqual([requirement]);
});

/** Answers in one buffer for ever. */
function sameBuffer(): (answer: Uint8Array) => Uint8Array {
  const buffer = new Uint8Array(65_536);
  return (answer) => {
    buffer.set(answer);
    return buffer.subarray(0, answer.length);
  };
}
