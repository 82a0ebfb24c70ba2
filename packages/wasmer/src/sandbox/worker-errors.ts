/** The SDK's own files that its workers run, by the end of their addresses. */
const SDK_FILES = /\/(?:browser-worker|wasmer_sdk_js)[^/]*$/;

/**
 * What the SDK's workers do not catch. It gets to the global scope of whoever started them, and from there to the page, which can do nothing
 * about it: whoever needed the worker is told. On Node, where there are no such events, the SDK writes it to the console.
 */
export class WorkerErrors {
  #last: string | undefined;

  constructor() {
    globalThis.addEventListener?.("error", this.#hear);
  }

  /** What the last one says, if there was any. */
  get last(): string | undefined {
    return this.#last;
  }

  /** Leaves what comes to others. */
  stop(): void {
    globalThis.removeEventListener?.("error", this.#hear);
  }

  readonly #hear = (event: ErrorEvent): void => {
    // Errors of this thread's own come with the error.
    if (event.error || !SDK_FILES.test(event.filename)) return;
    this.#last = event.message.replace(/^Uncaught /, "").trim();
    event.preventDefault();
  };
}
