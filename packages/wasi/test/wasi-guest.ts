import { GuestMemory, Invocation, resolveLimits, WASI_SIGNATURES, type WasiFunction } from "@guardhost/core";
import type { WasiOptions } from "@guardhost/wasi";
import { onTestFinished } from "vitest";
import { createWasi } from "../src/create-wasi.js";
import { setupOf } from "../src/wasi-options.js";

const AT = { path: 0, other: 8192, result: 16_384, iovec: 16_640, data: 65_536 } as const;

export const CREATE = 1;
export const OPEN_DIRECTORY = 2;
export const EXCLUSIVE = 4;
export const TRUNCATE = 8;
export const APPEND = 1;
export const ALL_RIGHTS: bigint = (1n << 29n) - 1n;
/** What wasi-libc asks for with O_RDONLY: neither to write, nor to allocate, nor to set the size. */
export const READ_RIGHTS: bigint = ALL_RIGHTS & ~((1n << 0n) | (1n << 6n) | (1n << 8n) | (1n << 22n));

/** What a guest does with WASI: in its own memory, with functions that answer a value or, below 0, an error number. */
export class WasiGuest {
  readonly memory: GuestMemory = new GuestMemory(new WebAssembly.Memory({ initial: 20 }));
  readonly invocation: Invocation;
  #close: (() => void) | undefined;
  #imports: Readonly<Record<WasiFunction, (...args: (number | bigint)[]) => number>>;

  private constructor(invocation: Invocation) {
    this.invocation = invocation;
    this.#imports = {} as never;
  }

  /** Closed with the test. */
  static async open(options: WasiOptions = {}): Promise<WasiGuest> {
    const host = { askBackend: () => new Uint8Array(), log: () => undefined };
    const guest = new WasiGuest(new Invocation(host, resolveLimits()));
    const all = new Set(Object.keys(WASI_SIGNATURES) as WasiFunction[]);
    const wasi = await createWasi(guest.invocation, setupOf(options), all);
    guest.#imports = wasi.imports;
    guest.invocation.memory = guest.memory;
    guest.#close = wasi.close;
    onTestFinished(() => guest.close());
    return guest;
  }

  /** Once, also when it is called again. */
  close(): void {
    this.#close?.();
    this.#close = undefined;
  }

  call(name: WasiFunction, ...args: (number | bigint)[]): number {
    return this.#imports[name](...args);
  }

  /** An error number, or 0. */
  atPath(name: "path_create_directory" | "path_remove_directory" | "path_unlink_file", path: string): number {
    return this.call(name, 3, AT.path, this.#put(path));
  }

  open(
    path: string | Uint8Array,
    flags = 0,
    rights: bigint = READ_RIGHTS,
    descriptorFlags = 0,
    base = 3,
  ): number {
    const length = this.#put(path);
    const error = this.call(
      "path_open",
      base,
      0,
      AT.path,
      length,
      flags,
      rights,
      rights,
      descriptorFlags,
      AT.result,
    );
    return error === 0 ? this.memory.readUint32(AT.result) : -error;
  }

  stat(path: string): { type: number; size: number; rest: number } | number {
    return this.#filestat(this.call("path_filestat_get", 3, 0, AT.path, this.#put(path), AT.result));
  }

  fstat(fd: number): { type: number; size: number; rest: number } | number {
    return this.#filestat(this.call("fd_filestat_get", fd, AT.result));
  }

  read(fd: number, length: number, offset?: number): string | number {
    this.#iovec(length);
    const error =
      offset === undefined
        ? this.call("fd_read", fd, AT.iovec, 1, AT.result)
        : this.call("fd_pread", fd, AT.iovec, 1, BigInt(offset), AT.result);
    if (error !== 0) return -error;
    return Buffer.from(this.memory.read(AT.data, this.memory.readUint32(AT.result))).toString("latin1");
  }

  write(fd: number, text: string | Uint8Array, offset?: number): number {
    const bytes = typeof text === "string" ? Buffer.from(text, "latin1") : text;
    this.memory.write(AT.data, bytes);
    this.#iovec(bytes.length);
    const error =
      offset === undefined
        ? this.call("fd_write", fd, AT.iovec, 1, AT.result)
        : this.call("fd_pwrite", fd, AT.iovec, 1, BigInt(offset), AT.result);
    return error === 0 ? this.memory.readUint32(AT.result) : -error;
  }

  seek(fd: number, delta: number, whence: number): number {
    const error = this.call("fd_seek", fd, BigInt(delta), whence, AT.result);
    return error === 0 ? this.memory.readUint32(AT.result) : -error;
  }

  rename(from: string, to: string): number {
    const length = this.#put(from);
    return this.call("path_rename", 3, AT.path, length, 3, AT.other, this.#put(to, AT.other));
  }

  /** Names in a directory without `.` and `..`, in the order they come. */
  list(fd: number, capacity = 4096): string[] | number {
    const names: string[] = [];
    for (let cookie = 0n; ; ) {
      const error = this.call("fd_readdir", fd, AT.data, capacity, cookie, AT.result);
      if (error !== 0) return -error;
      const bytes = this.memory.read(AT.data, this.memory.readUint32(AT.result));
      const view = new DataView(bytes.buffer);
      let at = 0;
      let taken = 0;
      while (at + 24 <= bytes.length && at + 24 + view.getUint32(at + 16, true) <= bytes.length) {
        const length = view.getUint32(at + 16, true);
        if (view.getBigUint64(at + 8, true) !== 0n) return -999;
        names.push(Buffer.from(bytes.subarray(at + 24, at + 24 + length)).toString());
        cookie = view.getBigUint64(at, true);
        at += 24 + length;
        taken++;
      }
      if (bytes.length < capacity || taken === 0)
        return names.filter((name) => name !== "." && name !== "..");
    }
  }

  /** Opens, does something, and closes. */
  with<T>(fd: number, work: (fd: number) => T): T | number {
    if (fd < 0) return fd;
    try {
      return work(fd);
    } finally {
      this.call("fd_close", fd);
    }
  }

  readFile(path: string): string | number {
    return this.with(this.open(path), (fd) => this.read(fd, 65_536));
  }

  writeFile(path: string, text: string): number {
    return this.with(this.open(path, CREATE | TRUNCATE, ALL_RIGHTS), (fd) => this.write(fd, text));
  }

  #filestat(error: number): { type: number; size: number; rest: number } | number {
    if (error !== 0) return -error;
    const bytes = this.memory.read(AT.result, 64);
    const view = new DataView(bytes.buffer);
    const [type, size] = [view.getUint8(16), Number(view.getBigUint64(32, true))];
    bytes.fill(0, 16, 40);
    return { type, size, rest: bytes.reduce((sum, byte) => sum + byte, 0) };
  }

  #iovec(length: number): void {
    this.memory.writeUint32(AT.iovec, AT.data);
    this.memory.writeUint32(AT.iovec + 4, length);
  }

  #put(path: string | Uint8Array, at: number = AT.path): number {
    const bytes = typeof path === "string" ? new TextEncoder().encode(path) : path;
    this.memory.write(at, bytes);
    return bytes.length;
  }
}
