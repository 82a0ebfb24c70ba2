import { assertKnownOptions, type Guard, GuardError, parseAllowOnlyPolicy } from "@guardhost/core";
import { type BuiltInGuard, Label, type LabelsInput, readLabels } from "@guardhost/difc";
import type { ServerOptions } from "../options.js";
import { GUARDED_METHODS, type GuardedMethod } from "../protocol/methods.js";

/** A server with its options checked and filled in. */
export interface GuardedServer {
  readonly name: string;
  readonly guard: Guard | BuiltInGuard;
  /** For telemetry: the guard's engine, or that it needs none. */
  readonly engine: string;
  readonly policy: unknown;
  /** Calls that the policy lets an agent make, by tool; those without a limit are not here. */
  readonly toolCallLimits: ReadonlyMap<string, number>;
  readonly backendTools: ReadonlySet<string>;
  readonly readOnlyTools: ReadonlySet<string>;
  readonly trustAnnotations: boolean;
  /** Labels of what the server says about itself. */
  readonly definitions: LabelsInput;
  readonly timeoutMs: number | undefined;
  /** Whether the guard judges this request. */
  understands(method: GuardedMethod): boolean;
}

const OPTIONS: Record<keyof ServerOptions, true> = {
  guard: true,
  policy: true,
  backendTools: true,
  readOnlyTools: true,
  trustAnnotations: true,
  definitions: true,
  guardedMethods: true,
  timeoutMs: true,
};

/** Public, and nobody vouches for it. */
const untrusted: LabelsInput = Object.freeze({ secrecy: [], integrity: [] });

/** Public, and the operator vouches for it. */
const trusted: LabelsInput = Object.freeze({ secrecy: Label.none, integrity: Label.all });

/** Checks the options of a server. Throws a TypeError that names the server and says what is wrong. */
export function createGuardedServer(name: string, options: ServerOptions): GuardedServer {
  try {
    return checkedServer(name, options);
  } catch (cause) {
    const { message } = cause as Error;
    throw new TypeError(`the server ${JSON.stringify(name)} ${message}`, { cause });
  }
}

function checkedServer(name: string, options: ServerOptions): GuardedServer {
  assertKnownOptions("among its options", options, OPTIONS);
  const { guard, policy, trustAnnotations = false, timeoutMs } = options;
  if (!isGuard(guard)) {
    throw new TypeError(
      "needs a guard: one that loadGuard has loaded, writeSinkGuard, or noopGuard for data that is public and untrusted",
    );
  }
  const isBuiltIn = !isLoadedGuard(guard);
  if (isBuiltIn && policy !== undefined) throw new TypeError("has a built-in guard, which takes no policy");
  if (!isBuiltIn && policy === undefined) throw new TypeError("has a guard that needs a policy");
  if (typeof trustAnnotations !== "boolean") throw new TypeError("has a trustAnnotations that is no boolean");
  if (timeoutMs !== undefined && !(timeoutMs > 0))
    throw new TypeError("has a timeoutMs that is not more than 0");
  const guardedMethods = readNames(options.guardedMethods, "guardedMethods");
  const unknown = [...guardedMethods].find((method) => !GUARDED_METHODS.some((known) => known === method));
  if (unknown !== undefined) {
    throw new TypeError(
      `has a guardedMethods with ${JSON.stringify(unknown)}; known are ${GUARDED_METHODS.join(", ")}`,
    );
  }
  return {
    name,
    guard,
    engine: isBuiltIn ? "built-in" : guard.engine,
    policy,
    toolCallLimits: toolCallLimitsOf(policy),
    backendTools: readNames(options.backendTools, "backendTools"),
    readOnlyTools: readNames(options.readOnlyTools, "readOnlyTools"),
    trustAnnotations,
    definitions: readDefinitions(options.definitions),
    timeoutMs,
    understands: (method) => isBuiltIn || guardedMethods.has(method),
  };
}

/** Whether a guard is WebAssembly that was loaded, with sessions of its own. */
export function isLoadedGuard(guard: Guard | BuiltInGuard): guard is Guard {
  return "session" in guard;
}

function isGuard(guard: unknown): guard is Guard | BuiltInGuard {
  return typeof guard === "object" && guard !== null && ("session" in guard || "labelResource" in guard);
}

function readDefinitions(definitions: ServerOptions["definitions"] = untrusted): LabelsInput {
  if (definitions === "trusted") return trusted;
  try {
    return readLabels(definitions);
  } catch (cause) {
    throw new TypeError(
      `has definitions that are neither "trusted" nor labels: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function readNames(names: readonly string[] = [], option: string): ReadonlySet<string> {
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string" && name !== "")) {
    throw new TypeError(`has ${option} that are no list of names`);
  }
  return new Set(names);
}

/** Only allow-only policies limit calls. One of another kind, or one that is malformed, is its guard's to judge. */
function toolCallLimitsOf(policy: unknown): ReadonlyMap<string, number> {
  try {
    const { toolCallLimits = {} } = parseAllowOnlyPolicy(policy);
    return new Map(Object.entries(toolCallLimits).filter(([, limit]) => limit > 0));
  } catch (error) {
    if (GuardError.is(error, "POLICY")) return new Map();
    throw error;
  }
}
