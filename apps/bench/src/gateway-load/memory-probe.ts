/** Loaded into a gateway that is under load: answers every message of its parent with its memory, once garbage is collected. */
import { setTimeout } from "node:timers/promises";

/** Memory of a process after a collection. */
export interface LiveMemory {
  /** MiB of the main thread's objects, and of what they hold outside of the heap; without memories of WebAssembly. */
  readonly liveMiB: number;
  /** MiB of the whole process, threads of guards and their memories among them, and what is free but not given back. */
  readonly rssMiB: number;
  /** The most of that so far, in MiB. */
  readonly peakRssMiB: number;
}

process.on("message", async () => {
  // What finalizers let go of is collected the second time.
  for (let i = 0; i < 2; i++) {
    globalThis.gc?.();
    await setTimeout(100);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const answer: LiveMemory = {
    liveMiB: toMiB(heapUsed + external),
    rssMiB: toMiB(rss),
    // In KiB, unlike the others.
    peakRssMiB: toMiB(process.resourceUsage().maxRSS * 1_024),
  };
  process.send?.(answer);
});
// Being asked is not what keeps it running.
process.channel?.unref();

function toMiB(bytes: number): number {
  return Math.round(bytes / 1_048_576);
}
