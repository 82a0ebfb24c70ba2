import { readFileSync } from "node:fs";
import { type CompiledGuard, defaultLimits, GuardError } from "@guardhost/native";
import { afterAll } from "vitest";
import type { Backend, RawGuard } from "../raw-guard.js";
import { everyEngine } from "./every-engine.js";

/** What one guard was asked, and whom it could ask. */
interface Conversation {
  readonly calls: RawGuard["calls"];
  readonly backend: Backend | undefined;
}

const bytes = new Uint8Array(readFileSync(new URL("../../dist/filesystem.wasm", import.meta.url)));
const conversations: Conversation[] = [];

/**
 * Has every engine hold the conversation, as far as it has come when the tests of the file are over: all have to say the same. What
 * was asked before is not asked again.
 */
export function repeatOnEveryEngine(conversation: Conversation): void {
  conversations.push(conversation);
}

afterAll(async () => {
  const guard = await everyEngine().compile(bytes, defaultLimits);
  try {
    for (const conversation of conversations) await repeat(guard, conversation);
  } finally {
    await guard.close();
  }
}, 600_000);

async function repeat(guard: CompiledGuard, { calls, backend }: Conversation): Promise<void> {
  if (calls.length === 0) return;
  const channel = await guard.open({
    callBackend: (tool, args) => {
      if (backend === undefined) throw new Error("this guard has no backend");
      return backend(tool, args);
    },
    log: () => undefined,
  });
  for (const { operation, input } of distinct(calls)) {
    try {
      await channel.call(operation, input);
    } catch (error) {
      // That it fails is fine, as long as all fail alike and the guard is there for the next call.
      if (!GuardError.is(error) || error.lost) throw error;
    }
  }
  await channel.close();
}

function distinct(calls: RawGuard["calls"]): RawGuard["calls"] {
  const byContent = calls.map(
    (call) => [`${call.operation} ${Buffer.from(call.input).toString("latin1")}`, call] as const,
  );
  return [...new Map(byContent).values()];
}
