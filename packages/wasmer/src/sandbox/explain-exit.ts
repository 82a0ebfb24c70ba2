import { GuardError, instanceWithoutMemory } from "@guardhost/core";
import { instantiationTrapped } from "./failures.js";
import type { InstantiationTrap } from "./instantiation-trap.js";

/** The SDK's code for a process whose instance could not be made (`ENOEXEC`). */
const NOT_EXECUTABLE = 45;

/** What else is known when a process has exited. */
export interface ExitCircumstances {
  /** What a worker of the SDK's has last failed with. */
  readonly workerError: string | undefined;
  readonly trap: Pick<InstantiationTrap, "find">;
}

/** What it means that a process has exited with `exitCode`. */
export async function explainExit(
  exitCode: number,
  { workerError, trap }: ExitCircumstances,
): Promise<GuardError> {
  if (exitCode === NOT_EXECUTABLE) {
    const found = await trap.find();
    if (found !== undefined) return instantiationTrapped(found);
  }
  const cause = wantOfMemory();
  if (cause !== undefined || exitCode === NOT_EXECUTABLE) {
    return new GuardError(
      "OUT_OF_MEMORY",
      `there is no memory for a process of the guard${cause === undefined ? "" : `: ${cause.message}`}. Each takes gigabytes of addresses, of ` +
        "which it uses few: raise the limit of the process's address space (ulimit -v) if it has one, or lower maxLiveInstances",
      { lost: true, cause },
    );
  }
  return new GuardError(
    "ENGINE_UNAVAILABLE",
    `the Wasmer sandbox ended a process of the guard with code ${exitCode}, because a worker of the SDK's has failed or could not be ` +
      `started: ${workerError ?? "the console may say why"}. In a page, make sure that worker-src allows the SDK's worker files, and that they ` +
      "are served with the page's Cross-Origin-Embedder-Policy, with script-src 'unsafe-eval', and without require-trusted-types-for, or use " +
      "another engine",
    { lost: true },
  );
}

/** What the runtime says when there is no room for a memory of the least size. */
function wantOfMemory(): Error | undefined {
  try {
    void new WebAssembly.Memory({ initial: 1 });
    return undefined;
  } catch (error) {
    return instanceWithoutMemory(error) && (error as Error);
  }
}
