import { Worker } from "node:worker_threads";
import { type ChannelCallOptions, type GuardChannel, type GuardEngine, GuardError } from "@guardhost/core";

/** Runs label functions on a thread: no retries, no backend, no log. */
const WORKER = `
  const { parentPort, workerData } = require("node:worker_threads");
  const stubs = new Proxy({}, { get: () => () => 0 });
  const imports = { env: stubs, wasi_snapshot_preview1: stubs };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(workerData.module), imports);
  parentPort.on("message", ({ operation, input }) => {
    const output = workerData.outputBytes;
    const pointers = [exports.alloc(input.length), exports.alloc(output)];
    new Uint8Array(exports.memory.buffer).set(input, pointers[0]);
    const length = exports[operation](pointers[0], input.length, pointers[1], output);
    parentPort.postMessage(new Uint8Array(exports.memory.buffer, pointers[1], length).slice());
  });
`;

/** What a test changes about the engine. */
export interface WorkerOptions {
  /** Whether aborts and deadlines are honoured. */
  readonly deaf?: boolean;
}

/** An engine that can stop a running guest, because it can stop its thread. Meets the group "interrupt", and little else. */
export function workerEngine({ deaf = false }: WorkerOptions = {}): GuardEngine {
  return {
    name: "worker",
    capabilities: { interruptible: true, asyncBackend: false, timeSliced: true, linearMemory: false },
    async compile(module, limits) {
      const channels = new Set<WorkerChannel>();
      return {
        async open() {
          const workerData = { module, outputBytes: limits.initialOutputBytes };
          const channel = new WorkerChannel(new Worker(WORKER, { eval: true, workerData }), deaf);
          channels.add(channel);
          return channel;
        },
        async close() {
          await Promise.all([...channels].map((channel) => channel.close()));
        },
      };
    },
  };
}

class WorkerChannel implements GuardChannel {
  readonly #worker: Worker;
  readonly #deaf: boolean;
  #closed = false;

  constructor(worker: Worker, deaf: boolean) {
    this.#worker = worker;
    this.#deaf = deaf;
  }

  async call(
    operation: string,
    input: Uint8Array,
    { signal, timeoutMs }: ChannelCallOptions = {},
  ): Promise<Uint8Array> {
    if (this.#closed) throw new GuardError("CLOSED", "this instance of the guard is gone", { lost: true });
    const { promise, reject, resolve } = withResolvers<Uint8Array>();
    const timer = setTimeout(
      () => stop(new GuardError("TIMEOUT", "too late", { lost: true })),
      timeoutMs ?? 60_000,
    );
    const abort = () => stop(signal?.reason);
    const stop = (reason: unknown) => {
      if (!this.#deaf) void this.close().then(() => reject(reason));
    };
    signal?.addEventListener("abort", abort);
    this.#worker.once("message", resolve);
    this.#worker.postMessage({ operation, input });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.terminate();
  }
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
