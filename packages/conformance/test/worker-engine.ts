import { Worker } from "node:worker_threads";
import {
  type ChannelCallOptions,
  type GuardChannel,
  type GuardEngine,
  GuardError,
  type GuardHost,
} from "@guardhost/core";

/** Runs label functions on a thread: no retries, no backend, and logs at one level. */
const WORKER = `
  const { parentPort, workerData } = require("node:worker_threads");
  const stubs = new Proxy({}, { get: () => () => 0 });
  const bytes = (pointer, length) => new Uint8Array(exports.memory.buffer, pointer, length).slice();
  const host_log = (level, pointer, length) => parentPort.postMessage({ logged: bytes(pointer, length) });
  const imports = { env: { host_log, call_backend: () => -1 }, wasi_snapshot_preview1: stubs };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(workerData.module), imports);
  exports._initialize?.();
  parentPort.on("message", ({ operation, input }) => {
    const output = workerData.outputBytes;
    const pointers = [exports.alloc(input.length), exports.alloc(output)];
    new Uint8Array(exports.memory.buffer).set(input, pointers[0]);
    const length = exports[operation](pointers[0], input.length, pointers[1], output);
    parentPort.postMessage({ answer: bytes(pointers[1], length) });
  });
  parentPort.postMessage({ answer: undefined });
`;

/** What a worker says: an answer to what it was last asked, if only that it is ready, or a log message. */
type WorkerMessage = { readonly answer: Uint8Array | undefined } | { readonly logged: Uint8Array };

/** What a test changes about the engine. */
export interface WorkerOptions {
  /** Whether aborts and deadlines are honoured. */
  readonly deaf?: boolean;
}

/**
 * An engine that can stop a running guest, because it can stop its thread. Its guests have no backend, and their allocator
 * has no limit of its own.
 */
export function workerEngine({ deaf = false }: WorkerOptions = {}): GuardEngine {
  return {
    name: "worker",
    capabilities: { interruptible: true, asyncBackend: false, timeSliced: true, linearMemory: false },
    async compile(module, limits) {
      const channels = new Set<WorkerChannel>();
      return {
        async open(host, options = {}) {
          const workerData = { module, outputBytes: limits.initialOutputBytes };
          const channel = new WorkerChannel(new Worker(WORKER, { eval: true, workerData }), host, deaf);
          channels.add(channel);
          await channel.answer(options);
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

  constructor(worker: Worker, host: GuardHost, deaf: boolean) {
    this.#worker = worker;
    this.#deaf = deaf;
    worker.on("message", (message: WorkerMessage) => {
      if ("logged" in message) host.log("info", new TextDecoder().decode(message.logged));
    });
  }

  async call(operation: string, input: Uint8Array, options: ChannelCallOptions = {}): Promise<Uint8Array> {
    if (this.#closed) throw new GuardError("CLOSED", "this instance of the guard is gone", { lost: true });
    const answer = this.answer(options);
    this.#worker.postMessage({ operation, input });
    return (await answer) ?? new Uint8Array(0);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.terminate();
  }

  /** What the worker answers next, unless it is stopped before. */
  async answer({ signal, timeoutMs = 60_000 }: ChannelCallOptions): Promise<Uint8Array | undefined> {
    const { promise, reject, resolve } = withResolvers<Uint8Array | undefined>();
    const stop = (reason: unknown) => {
      if (!this.#deaf) void this.close().then(() => reject(reason));
    };
    const abort = () => stop(signal?.reason);
    const timer = setTimeout(() => stop(new GuardError("TIMEOUT", "too late", { lost: true })), timeoutMs);
    const receive = (message: WorkerMessage) => {
      if ("answer" in message) resolve(message.answer);
    };
    signal?.addEventListener("abort", abort);
    this.#worker.on("message", receive);
    this.#worker.once("error", reject);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      this.#worker.off("message", receive);
      this.#worker.off("error", reject);
    }
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
