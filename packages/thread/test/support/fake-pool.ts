import { Worker, type WorkerOptions } from "node:worker_threads";
import type { ChannelCallOptions, GuardChannel, GuardHost } from "@guardhost/core";
import { onTestFinished } from "vitest";
import { nodeWorkerOptions, ThreadPool, type ThreadPoolOptions } from "../../src/index.js";

/** What an instance of the fake guard is to do: see `fixtures/fake-guard.js`. */
export type Deed = { readonly do: string } & Record<string, unknown>;

/** A pool of fake guards that is closed when the test is over, and the workers it has started. */
export interface FakePool {
  readonly pool: ThreadPool;
  readonly workers: Worker[];
}

export function fakePool(
  options: Partial<ThreadPoolOptions> = {},
  workerOptions: WorkerOptions = {},
): FakePool {
  const workers: Worker[] = [];
  const spawn = () => {
    const worker = new Worker(new URL("../fixtures/fake-guard.js", import.meta.url), {
      ...nodeWorkerOptions,
      ...workerOptions,
    });
    workers.push(worker);
    return worker;
  };
  const pool = new ThreadPool({ spawn, ...options });
  onTestFinished(() => pool.close());
  return { pool, workers };
}

/** A host that answers with what it was asked, unless told otherwise, and keeps what was logged. */
export function fakeHost(
  callBackend: GuardHost["callBackend"] = (tool, args) => ({ tool, args }),
): GuardHost & {
  readonly logs: string[];
} {
  const logs: string[] = [];
  return { callBackend, log: (level, message) => logs.push(`${level}: ${message}`), logs };
}

/** Makes an instance do something. */
export async function act(channel: GuardChannel, deed: Deed, options?: ChannelCallOptions): Promise<unknown> {
  const bytes = await channel.call("label_resource", new TextEncoder().encode(JSON.stringify(deed)), options);
  return JSON.parse(new TextDecoder().decode(bytes));
}
