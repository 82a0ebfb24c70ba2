import type { GuardSession, SessionOptions } from "../../src/session/guard-session.js";
import { loadGuard } from "../../src/session/load-guard.js";
import type { LoadGuardOptions } from "../../src/session/load-options.js";
import type { Guard } from "../../src/session/loaded-guard.js";
import { FakeEngine, type FakeEngineOptions } from "./fake-engine.js";

/** A guard of a fake engine, with one session. */
export interface LoadedFake {
  readonly engine: FakeEngine;
  readonly guard: Guard;
  readonly session: GuardSession;
}

/** Loads a guard that behaves as `options` say. */
export async function loadFake(
  options: FakeEngineOptions = {},
  loading: Omit<LoadGuardOptions, "engine"> = {},
  sessionOptions: SessionOptions = {},
): Promise<LoadedFake> {
  const engine = new FakeEngine(options);
  const guard = await loadGuard(new Uint8Array(8), { engine, ...loading });
  return { engine, guard, session: guard.session(sessionOptions) };
}

/** A policy that is accepted, and what the guard gets for it. */
export const policy = { "allow-only": { repos: "all", "min-integrity": "none" } };

/** A tool call like any other. */
export const call = { name: "list_issues", arguments: { owner: "o" } };
