import type { Guard } from "@guardhost/core";
import { type BuiltInGuard, Label, type LabelsInput } from "@guardhost/difc";
import type { ServerOptions } from "../options.js";
import type { GuardedMethod } from "../protocol/methods.js";

/** A server with its options checked and filled in. */
export interface GuardedServer {
  readonly name: string;
  readonly guard: Guard | BuiltInGuard;
  /** For telemetry: the guard's engine, or that it needs none. */
  readonly engine: string;
  readonly policy: unknown;
  readonly backendTools: ReadonlySet<string>;
  readonly readOnlyTools: ReadonlySet<string>;
  readonly trustAnnotations: boolean;
  /** Labels of what the server says about itself. */
  readonly definitions: LabelsInput;
  readonly timeoutMs: number | undefined;
  /** Whether the guard judges this request. */
  understands(method: GuardedMethod): boolean;
}

/** Public, and nobody vouches for it. */
const untrusted: LabelsInput = Object.freeze({ secrecy: [], integrity: [] });

/** Public, and the operator vouches for it. */
const trusted: LabelsInput = Object.freeze({ secrecy: Label.none, integrity: Label.all });

/** Checks the options of a server. Throws a TypeError that names the server and what is wrong. */
export function createGuardedServer(name: string, options: ServerOptions): GuardedServer {
  const { guard, policy, definitions = untrusted } = options;
  if (!isGuard(guard)) {
    throw new TypeError(
      `the server ${JSON.stringify(name)} needs a guard: one that loadGuard has loaded, writeSinkGuard, or noopGuard for data that is public and untrusted`,
    );
  }
  const isBuiltIn = !("session" in guard);
  if (isBuiltIn && policy !== undefined) {
    throw new TypeError(`the server ${JSON.stringify(name)} has a built-in guard, which takes no policy`);
  }
  const guarded = new Set(options.guardedMethods ?? []);
  return {
    name,
    guard,
    engine: isBuiltIn ? "built-in" : guard.engine,
    policy,
    backendTools: new Set(options.backendTools ?? []),
    readOnlyTools: new Set(options.readOnlyTools ?? []),
    trustAnnotations: options.trustAnnotations === true,
    definitions: definitions === "trusted" ? trusted : definitions,
    timeoutMs: options.timeoutMs,
    understands: (method) => isBuiltIn || guarded.has(method),
  };
}

function isGuard(guard: unknown): guard is Guard | BuiltInGuard {
  if (typeof guard !== "object" || guard === null) return false;
  return "session" in guard || "labelResource" in guard;
}
