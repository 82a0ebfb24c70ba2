import type { CompiledGuard } from "@guardhost/core";
import { ThreadPool, type ThreadPoolOptions } from "@guardhost/thread";
import { closingGuard } from "./closing-guard.js";
import type { InstanceOptions } from "./open-guard.js";

/** What a worker thread needs to know of a guard. */
export interface ThreadSetup<Setup> extends Pick<InstanceOptions<Setup>, "limits" | "setup"> {
  readonly module: WebAssembly.Module;
}

/** The worker threads of an engine, for as long as one of its guards is open. */
export class GuardThreads {
  readonly #options: ThreadPoolOptions;
  #pool: ThreadPool | undefined;
  #guards = 0;

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
  }

  /** A guard whose instances live on the threads. The first of them starts while `load` is at work, which may reject. */
  async host(
    load: () => Promise<WebAssembly.Module>,
    setup: Omit<ThreadSetup<unknown>, "module">,
  ): Promise<CompiledGuard> {
    this.#pool ??= new ThreadPool(this.#options);
    const pool = this.#pool;
    this.#guards++;
    try {
      pool.warm();
      const module = await load();
      return closingGuard({
        open: (host, options) => pool.open({ ...setup, module }, host, options),
        afterClose: () => this.#leave(),
      });
    } catch (error) {
      await this.#leave();
      throw error;
    }
  }

  async #leave(): Promise<void> {
    if (--this.#guards > 0) return;
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.close();
  }
}
