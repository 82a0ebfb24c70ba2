import { readdirSync } from "node:fs";

/** What a process holds. */
export interface ProcessState {
  /** Threads of the operating system; 0 where it does not tell. */
  readonly threads: number;
  /** Handles and requests that keep the event loop alive. */
  readonly handles: number;
  readonly heapMiB: number;
  /** What objects of the heap hold outside of it, without memories of WebAssembly. */
  readonly externalMiB: number;
  readonly rssMiB: number;
}

/** Frees everything that can be freed. Needs `node --expose-gc`. */
export async function collectGarbage(): Promise<void> {
  if (globalThis.gc === undefined) throw new Error("run this with node --expose-gc");
  for (let i = 0; i < 4; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What this process holds, garbage collected before. Needs `node --expose-gc`. */
export async function processState(): Promise<ProcessState> {
  await collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    threads: process.platform === "linux" ? readdirSync("/proc/self/task").length : 0,
    handles: process.getActiveResourcesInfo().length,
    heapMiB: mebibytes(heapUsed),
    externalMiB: mebibytes(external),
    rssMiB: mebibytes(rss),
  };
}

export function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
