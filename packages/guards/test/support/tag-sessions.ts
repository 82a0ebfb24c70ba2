import { existsSync } from "node:fs";
import { anyObjectPolicy, type Backend, type Guard, type GuardLogger, loadGuard } from "@guardhost/native";
import { everyEngine } from "./every-engine.js";

/** The guards, and whether they are there: not every machine has their tool chains. */
export const tagGuards = ["tag-c", "tag-go"].map((name) => {
  const file = new URL(`../../dist/${name}.wasm`, import.meta.url);
  const built = existsSync(file);
  const title = built ? name : `${name} (skipped: not built, see the output of build:tool-chains)`;
  return { name, file, built, title };
});

/** Loads a guard; `errors` collects what it and the host log. */
export async function loadTagGuard(file: URL, errors: string[] = []): Promise<Guard> {
  const log = (fields: object, message: string) => errors.push(`${message} ${JSON.stringify(fields)}`);
  const logger: GuardLogger = { debug: log, info: log, warn: log, error: log };
  const options = { engine: everyEngine(), policySchema: anyObjectPolicy, logger, logGuestMessages: true };
  return await loadGuard(file, options);
}

/** A backend that answers every call with `result`, and the calls it got. */
export function recordingBackend(result: unknown): { calls: unknown[]; backend: Backend } {
  const calls: unknown[] = [];
  return {
    calls,
    backend: (call) => {
      calls.push(call);
      return result;
    },
  };
}
