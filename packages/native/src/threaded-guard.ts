import type { CompiledGuard } from "@guardhost/core";
import { ThreadPool, type ThreadPoolOptions } from "@guardhost/thread";
import { spawnWorker } from "#spawn-worker";
import type { InstanceOptions } from "./open-guard.js";

/** What a worker thread needs to know of a guard. */
export interface ThreadSetup extends Pick<InstanceOptions, "limits" | "wasi"> {
  readonly module: WebAssembly.Module;
}

/** The worker threads of an engine, for as long as one of its guards is open. */
export class GuardThreads {
  readonly #options: Omit<ThreadPoolOptions, "spawn">;
  #pool: ThreadPool | undefined;
  #guards = 0;

  constructor(options: Omit<ThreadPoolOptions, "spawn">) {
    this.#options = options;
  }

  /** A guard whose instances live on the threads. */
  host(setup: ThreadSetup): CompiledGuard {
    this.#pool ??= new ThreadPool({ ...this.#options, spawn: spawnWorker });
    const pool = this.#pool;
    this.#guards++;
    let closing: Promise<void> | undefined;
    return {
      open: (host, options) => pool.open(setup, host, options),
      close: () => {
        closing ??= this.#leave();
        return closing;
      },
    };
  }

  async #leave(): Promise<void> {
    if (--this.#guards > 0) return;
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.close();
  }
}
