/** The few pieces of Node that this package uses in its `.node` files, so that no other file can reach for more. */

declare module "node:worker_threads" {
  interface ParentPort {
    on(event: "message" | "messageerror", listener: (value: unknown) => void): void;
    postMessage(message: unknown): void;
    close(): void;
  }
  /** Null on the main thread. */
  export const parentPort: ParentPort | null;
}

declare module "node:os" {
  export function availableParallelism(): number;
}

declare module "node:process" {
  /** Its `permission` is there when Node was started with `--permission`. */
  const process: { readonly permission?: { has(scope: string): boolean } };
  export default process;
}
