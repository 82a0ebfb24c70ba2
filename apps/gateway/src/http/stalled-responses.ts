import type { ServerResponse } from "node:http";

/** How much of a response its client has read at last. */
interface Progress {
  readonly bytesWritten: number;
  readonly unread: number;
}

/** Closes the connections of clients that do not read: what they are to get would stay in memory for as long as they like. */
export class StalledResponses {
  readonly #progress = new Map<ServerResponse, Progress>();
  readonly #sweeper: NodeJS.Timeout;

  /** @param patienceMs milliseconds without progress that a client may have at least; twice as many end it surely */
  constructor(patienceMs: number) {
    this.#sweeper = setInterval(() => this.#sweep(), patienceMs).unref();
  }

  watch(response: ServerResponse): void {
    this.#progress.set(response, { bytesWritten: 0, unread: 0 });
    response.once("close", () => this.#progress.delete(response));
  }

  close(): void {
    clearInterval(this.#sweeper);
  }

  #sweep(): void {
    for (const [response, last] of this.#progress) {
      const { bytesWritten = 0, writableLength = 0 } = response.socket ?? {};
      const unread = writableLength + response.writableLength;
      const isStalled = unread > 0 && unread === last.unread && bytesWritten === last.bytesWritten;
      if (isStalled) response.destroy();
      else this.#progress.set(response, { bytesWritten, unread });
    }
  }
}
