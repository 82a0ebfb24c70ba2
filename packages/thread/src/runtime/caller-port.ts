/** A worker's line to the thread that started it. */
export interface CallerPort {
  /** Calls `onMessage` for each message, and `onGarbled` for each that cannot be read. */
  listen(onMessage: (message: unknown) => void, onGarbled: () => void): void;
  post(message: unknown): void;
  /** Ends the line, and this worker with it. */
  close(): void;
}

/** The line of this worker. Throws where there is none. */
export function openCallerPort(): CallerPort {
  const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
  if (typeof scope.postMessage !== "function" || typeof scope.addEventListener !== "function") {
    throw new Error("serveGuards() belongs into the entry file of a worker");
  }
  return {
    listen(onMessage, onGarbled) {
      scope.addEventListener("message", ({ data }) => onMessage(data));
      scope.addEventListener("messageerror", onGarbled);
    },
    post: (message) => scope.postMessage(message),
    close: () => scope.close(),
  };
}
