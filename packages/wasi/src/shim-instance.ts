import type { WasiFunction } from "@guardhost/core";
import { WASI } from "@wasmer/wasi";
import { MAX_TRANSFER_BYTES } from "./limits.js";

/** The shim has failed in a way that is no error number: it panicked, and is not to be used any more. */
export class ShimFailure extends Error {}

/** What the shim runs for: `(module (import "wasi_snapshot_preview1" "fd_close" (func (param i32) (result i32))) (memory (export "memory") 2))` */
const MODULE = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f, 0x02, 0x23,
  0x01, 0x16, 0x77, 0x61, 0x73, 0x69, 0x5f, 0x73, 0x6e, 0x61, 0x70, 0x73, 0x68, 0x6f, 0x74, 0x5f, 0x70, 0x72,
  0x65, 0x76, 0x69, 0x65, 0x77, 0x31, 0x08, 0x66, 0x64, 0x5f, 0x63, 0x6c, 0x6f, 0x73, 0x65, 0x00, 0x00, 0x05,
  0x03, 0x01, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00,
]);

/** Where things lie in the memory of {@link MODULE}: two paths, what a call answers, an iovec, and data. */
const AT = { path: 0, otherPath: 4096, result: 8192, iovec: 8448, data: 65_536 } as const;

/** The descriptor of the root. Those below are the standard streams, and another root, which the shim has of its own. */
const ROOT = 4;

let module: WebAssembly.Module | undefined;

/** What {@link ShimInstance} is made with. */
export interface ShimOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const encoder = new TextEncoder();

/**
 * One instance of the shim, with a file system of its own. It runs for a tiny module of ours, not for the guest: so it sees
 * a memory of 128 KiB, and neither the guest's memory nor its exports, pointers and lengths.
 *
 * What its functions throw is a {@link ShimFailure}.
 */
export class ShimInstance {
  readonly #wasi: WASI;
  readonly #imports: Record<WasiFunction, (...args: (number | bigint)[]) => number>;
  readonly #bytes: Uint8Array;
  readonly #numbers: DataView;

  constructor({ args, env }: ShimOptions) {
    module ??= new WebAssembly.Module(MODULE);
    this.#wasi = new WASI({ args: [...args], env: { ...env }, preopens: { "/": "/" } });
    try {
      const imports = this.#wasi.getImports(module) as Record<string, never>;
      this.#imports = imports.wasi_snapshot_preview1 as never;
      const instance = new WebAssembly.Instance(module, imports);
      // Before its first call: it looks for the memory only here. With the imports as well it would trap.
      this.#wasi.instantiate(instance, undefined);
      const { buffer } = instance.exports.memory as WebAssembly.Memory;
      this.#bytes = new Uint8Array(buffer);
      this.#numbers = new DataView(buffer);
    } catch (cause) {
      this.close();
      throw new ShimFailure("the shim cannot be used", { cause });
    }
  }

  /** Lets go of all memory. To be called once: the shim throws the second time. */
  close(): void {
    try {
      this.#wasi.free();
    } catch {
      // After a panic there is nothing to be freed.
    }
  }

  /** Strings with their NULs, one after the other, and where each begins. */
  strings(kind: "args" | "environ"): { readonly bytes: Uint8Array; readonly starts: readonly number[] } {
    this.#call(`${kind}_sizes_get`, AT.result, AT.result + 4);
    const count = this.#numbers.getUint32(AT.result, true);
    const length = this.#numbers.getUint32(AT.result + 4, true);
    const start = AT.data + 4 * count;
    this.#call(`${kind}_get`, AT.data, start);
    const starts = Array.from(
      { length: count },
      (_, i) => this.#numbers.getUint32(AT.data + 4 * i, true) - start,
    );
    return { bytes: this.#bytes.slice(start, start + length), starts };
  }

  /** The type and size of what is at a path; or an error number. */
  stat(path: string): { readonly type: number; readonly size: number } | number {
    const error = this.#call("path_filestat_get", ROOT, 0, AT.path, this.#putPath(path), AT.result);
    if (error !== 0) return error;
    const size = Number(this.#numbers.getBigUint64(AT.result + 32, true));
    return { type: this.#numbers.getUint8(AT.result + 16), size };
  }

  /** A descriptor of the shim's own; or, below 0, an error number. */
  open(path: string, flags: number): number {
    const all = (1n << 29n) - 1n;
    const error = this.#call(
      "path_open",
      ROOT,
      0,
      AT.path,
      this.#putPath(path),
      flags,
      all,
      all,
      0,
      AT.result,
    );
    return error === 0 ? this.#numbers.getUint32(AT.result, true) : -error;
  }

  closeDescriptor(fd: number): void {
    this.#call("fd_close", fd);
  }

  /** Runs a function that takes a path and nothing else. Answers its error number. */
  atPath(name: "path_create_directory" | "path_remove_directory" | "path_unlink_file", path: string): number {
    return this.#call(name, ROOT, AT.path, this.#putPath(path));
  }

  rename(from: string, to: string): number {
    const length = this.#putPath(from);
    return this.#call(
      "path_rename",
      ROOT,
      AT.path,
      length,
      ROOT,
      AT.otherPath,
      this.#putPath(to, AT.otherPath),
    );
  }

  /** The bytes at `offset`, at most {@link MAX_TRANSFER_BYTES}. Stale with the next call. */
  read(fd: number, offset: number, length: number): Uint8Array {
    this.#transfer("fd_pread", fd, offset, Math.min(length, MAX_TRANSFER_BYTES));
    return this.#bytes.subarray(AT.data, AT.data + this.#numbers.getUint32(AT.result, true));
  }

  /** Writes at the end of a file, which is at `offset`: anywhere else the shim inserts instead of overwriting. */
  append(fd: number, offset: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; done += MAX_TRANSFER_BYTES) {
      const part = bytes.subarray(done, done + MAX_TRANSFER_BYTES);
      this.#bytes.set(part, AT.data);
      this.#transfer("fd_pwrite", fd, offset + done, part.length);
    }
  }

  resize(fd: number, size: number): void {
    this.#must("fd_filestat_set_size", this.#call("fd_filestat_set_size", fd, BigInt(size)));
  }

  /** A directory's entries from `cookie` on, as WASI writes them, cut off after `length` bytes, {@link MAX_TRANSFER_BYTES} at most. Stale with the next call. */
  entries(fd: number, cookie: bigint, length: number): Uint8Array {
    this.#must("fd_readdir", this.#call("fd_readdir", fd, AT.data, length, cookie, AT.result));
    return this.#bytes.subarray(AT.data, AT.data + this.#numbers.getUint32(AT.result, true));
  }

  #transfer(name: "fd_pread" | "fd_pwrite", fd: number, offset: number, length: number): void {
    this.#numbers.setUint32(AT.iovec, AT.data, true);
    this.#numbers.setUint32(AT.iovec + 4, length, true);
    this.#must(name, this.#call(name, fd, AT.iovec, 1, BigInt(offset), AT.result));
  }

  #putPath(path: string, at: number = AT.path): number {
    // The shim takes the root for a file where it is named by its slash.
    return encoder.encodeInto(path === "" ? "." : path, this.#bytes.subarray(at, at + 4096)).written;
  }

  #must(name: string, error: number): void {
    if (error !== 0) throw new ShimFailure(`${name} of the shim answers ${error}`);
  }

  #call(name: WasiFunction, ...args: (number | bigint)[]): number {
    try {
      return this.#imports[name](...args);
    } catch (cause) {
      throw new ShimFailure(`${name} of the shim fails`, { cause });
    }
  }
}
