/** The few pieces of Node that core uses in its `.node` files, so that no other file can reach for more. */

declare module "node:fs" {
  export const constants: { readonly O_RDONLY: number; readonly O_NONBLOCK?: number };
}

declare module "node:fs/promises" {
  interface FileHandle {
    stat(): Promise<{ readonly size: number; isFile(): boolean }>;
    readFile(): Promise<Uint8Array>;
    close(): Promise<void>;
  }
  export function open(path: URL, flags: number): Promise<FileHandle>;
}

declare module "node:async_hooks" {
  export class AsyncLocalStorage<T> {
    run<R>(store: T, callback: () => R): R;
    getStore(): T | undefined;
  }
}
