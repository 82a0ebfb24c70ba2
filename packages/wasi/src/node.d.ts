/** The few pieces of Node that this package uses in its `.node` files, so that no other file can reach for more. */

declare module "node:worker_threads" {
  export class Worker {
    constructor(entry: URL, options: object);
    on(event: string, listener: (value: unknown) => void): unknown;
    postMessage(message: unknown): void;
    terminate(): Promise<unknown>;
    ref(): void;
    unref(): void;
  }
}
