/** Programs for the public API, where an input is JSON and an answer must be. */

import type { Guard, GuardSession, StandardSchema, ToolCall } from "@guardhost/core";
import { type CheckContext, POLICY } from "./check-context.js";
import { address, ask, type Command, fill, peek, write } from "./guest/program.js";
import { deferred, underWay } from "./waiting.js";

/** A tool call whose name is a program. */
export function callRunning(...commands: readonly Command[]): ToolCall {
  return { name: `#${commands.join("")}` };
}

/** A policy that carries a program. */
export function policyRunning(...commands: readonly Command[]): object {
  return {
    "allow-only": { repos: "all", "min-integrity": "none", "blocked-users": [`#${commands.join("")}`] },
  };
}

/** A policy that leaves `mark`, of four letters, in the guest's memory, where {@link readMark} finds it. */
export function markingPolicy(mark: string, ...commands: readonly Command[]): object {
  const marks = Array.from(mark, (letter, i) => fill(MARK + i, letter.charCodeAt(0), 1));
  return policyRunning(write('{"difc_mode":"filter"}'), ...marks, ...commands);
}

/** Where no other command writes. */
const MARK = address.heap - 4;

/** Writes what {@link markingPolicy} has left. */
export const readMark: Command = peek(MARK, 4);

/** A policy to which the guard answers with what its backend says. */
export const askingPolicy: object = policyRunning(
  write('{"difc_mode":"filter","agent":{"secrecy":["'),
  ask(),
  write('"]}}'),
);

/** A tool call whose resource is described by what `commands` write, which must be text without quotes. */
export function callDescribedBy(...commands: readonly Command[]): ToolCall {
  return callRunning(write('{"resource":{"description":"'), ...commands, write('"}}'));
}

/** A session with a call that runs for as long as a check wants it to, outside the guest. */
export interface BusySession {
  readonly guard: Guard;
  readonly session: GuardSession;
  /** The call, which is a `labelAgent`. */
  readonly running: Promise<unknown>;
  /** Lets the call go on. */
  readonly release: () => void;
}

/** Begins a session and a call in it. */
export async function busySession(context: CheckContext): Promise<BusySession> {
  const released = deferred<void>();
  const policySchema: StandardSchema = {
    "~standard": {
      version: 1,
      vendor: "guardhost",
      validate: async (value) => {
        await released.promise;
        return { value };
      },
    },
  };
  const guard = await context.load({ policySchema });
  const session = guard.session();
  return { guard, session, running: underWay(session.labelAgent(POLICY)), release: () => released.resolve() };
}

/** What `commands` write, run by `labelResource`. */
export async function runIn(session: GuardSession, ...commands: readonly Command[]): Promise<string> {
  const { resource } = await session.labelResource(callDescribedBy(...commands));
  return resource.description ?? "";
}
