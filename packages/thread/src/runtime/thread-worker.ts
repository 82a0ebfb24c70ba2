/** A worker of `node:worker_threads`, as far as it is used here. */
export interface NodeThreadWorker {
  on(event: string, listener: (value: unknown) => void): unknown;
  postMessage(message: unknown): void;
  terminate(): PromiseLike<unknown>;
  ref(): void;
  unref(): void;
}

/** A dedicated worker of the web, as far as it is used here. */
export interface WebThreadWorker {
  addEventListener(type: string, listener: (event: { preventDefault(): void }) => void): void;
  postMessage(message: unknown): void;
  terminate(): unknown;
}

/** What a thread is made of. */
export type ThreadWorker = NodeThreadWorker | WebThreadWorker;

/** What is to be known of a worker. */
export interface WorkerEvents {
  onMessage(): void;
  /** The worker is of no use any more. Comes at least once when it ends by itself. */
  onFailure(error: unknown): void;
}

/** Follows a worker of either kind. */
export function followWorker(worker: ThreadWorker, { onMessage, onFailure }: WorkerEvents): void {
  const onGarbled = () => onFailure(new Error("a message of the thread could not be read"));
  if ("on" in worker) {
    worker.on("message", onMessage);
    worker.on("messageerror", onGarbled);
    worker.on("error", onFailure);
    worker.on("exit", (code) => onFailure(new Error(`the thread exited with code ${code}`)));
    return;
  }
  worker.addEventListener("message", onMessage);
  worker.addEventListener("messageerror", onGarbled);
  worker.addEventListener("error", (event) => {
    // Or the page is told of an uncaught error as well.
    event.preventDefault();
    const { error, message } = event as Partial<ErrorEvent>;
    onFailure(error ?? new Error(message || "the worker could not be loaded"));
  });
}

/** Decides whether the process stays alive for this worker, where that is a question. */
export function holdProcess(worker: ThreadWorker, hold: boolean): void {
  if (!("ref" in worker)) return;
  if (hold) worker.ref();
  else worker.unref();
}
