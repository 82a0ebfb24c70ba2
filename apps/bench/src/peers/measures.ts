import { setTimeout as sleep } from "node:timers/promises";
import { collectGarbage } from "../process-state.js";
import { moduleOfSize } from "../scaled-module.js";
import type { Contender, EchoInstance } from "./contender.js";

const MODULE_BYTES = 300_000;
const SETTLING_MS = 1_000;
/** Instances of a host are opened for so long, and no more than so many. Until a quarter of it the heap finds its size. */
const OPENING_MS = 2_000;
const MOST_INSTANCES = 1_000;
const WARM_UP_CALLS = 100_000;
const CALLS = 100_000;
const KIB = 1024;
const payload = new Uint8Array(200).fill(65);

/** What one contender costs in a process of its own. */
export const measures = {
  /** Milliseconds from the bytes of a module of 300 KB to its first echo, and from there to that of a second instance. */
  async coldStart(contender: Contender) {
    const module = moduleOfSize(contender.module(), MODULE_BYTES);
    await settled();
    const start = performance.now();
    const loaded = await contender.load(module);
    await (await loaded.open()).echo(payload);
    const first = performance.now();
    await (await loaded.open()).echo(payload);
    return { firstMs: first - start, secondMs: performance.now() - first };
  },

  /** KiB of the process for each open instance that has been called once. */
  async footprint(contender: Contender) {
    const loaded = await contender.load(contender.module());
    const instances: EchoInstance[] = [];
    const openUpTo = async (most: number, milliseconds: number) => {
      const [start, end] = [instances.length, performance.now() + milliseconds];
      do {
        const instance = await loaded.open();
        await instance.echo(payload);
        instances.push(instance);
      } while (instances.length < most && performance.now() < end);
      return instances.length - start;
    };
    await openUpTo(MOST_INSTANCES / 4, OPENING_MS / 4);
    await settled();
    const before = await residentBytes();
    const opened = await openUpTo(MOST_INSTANCES, OPENING_MS);
    return { opened, kibEach: ((await residentBytes()) - before) / opened / KIB };
  },

  /** How much larger the process is after 100,000 calls, once it is warm, or why it did not get there. */
  async growth(contender: Contender) {
    const loaded = await contender.load(contender.module());
    const instance = await loaded.open();
    let before = 0;
    for (let call = 1; call <= WARM_UP_CALLS + CALLS; call++) {
      try {
        await instance.echo(payload);
      } catch (error) {
        return { failed: `fails at call ${call}: ${firstLine(error)}` };
      }
      if (call === WARM_UP_CALLS) before = await residentBytes();
    }
    return { ratio: (await residentBytes()) / before };
  },
};

/** The engine goes on compiling what has assembled the module, and then lets go of what that took. */
function settled(): Promise<void> {
  return sleep(SETTLING_MS);
}

export type Measure = keyof typeof measures;

/** What went wrong, of an error or of what some workers send in place of one. */
function firstLine(error: unknown): string {
  const { message, originalStack } = error as { message?: string; originalStack?: string };
  return String(message ?? originalStack ?? error).split("\n", 1)[0] as string;
}

/** What the process holds once everything that can be freed is. */
async function residentBytes(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage.rss();
}
