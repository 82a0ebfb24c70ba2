import { fileErrno } from "./file-errno.js";
import { CREATION_BYTES, MAX_TRANSFER_BYTES } from "./limits.js";
import { isInside, parentOf } from "./paths.js";
import { ShimFailure, type ShimInstance } from "./shim-instance.js";
import type { FileTree } from "./wasi-options.js";
import { nodeBytes, WriteBudget } from "./write-budget.js";

/** Types of files, as WASI numbers them. */
export const DIRECTORY = 3;
export const REGULAR_FILE = 4;

/** What is at a path. */
export interface FileStatus {
  readonly type: number;
  /** Bytes; 0 for directories. */
  readonly size: number;
}

// For the shim to open a file that is not there yet, or a directory.
const CREATE = 1;
const OPEN_DIRECTORY = 2;

const NOTHING = new Uint8Array(0);

/**
 * The file system of one instance: the shim's, which knows neither what is writable nor when it is full, and where much
 * that POSIX allows is a panic. All paths are resolved. Functions answer an error number, 0 for success, unless they say
 * otherwise; what they throw is a {@link ShimFailure}.
 */
export class MemoryFiles {
  readonly #shim: ShimInstance;
  readonly #writable: readonly string[];
  /**
   * The shim's descriptors, one for each path: two of the same file would share what is closed with the first of them, and
   * the shim never forgets one that it has opened.
   */
  readonly #descriptors = new Map<string, number>();
  /** How often the guest has each path open. */
  readonly #users = new Map<string, number>();
  readonly #budget = new WriteBudget();
  readonly #givenBytes: number;

  constructor(shim: ShimInstance, tree: FileTree) {
    const { files, directories, writable } = tree;
    this.#shim = shim;
    this.#givenBytes = bytesGiven(tree);
    this.#writable = writable;
    for (const path of directories) expectSuccess(shim.atPath("path_create_directory", path), path);
    for (const [path, content] of files) {
      shim.append(this.#descriptorOf(path, CREATE), 0, content);
      // The options were checked: there is room.
      if (this.isWritable(path)) this.#budget.hold(path, content.length);
    }
  }

  /** Bytes of the shim's memory that the instance holds, or a few more: it doubles what files have room for. */
  get heldBytes(): number {
    return this.#givenBytes + 2 * this.#budget.takenBytes + CREATION_BYTES * this.#budget.creations;
  }

  /** What is at a path; or an error number. */
  stat(path: string): FileStatus | number {
    const status = this.#shim.stat(path);
    return typeof status === "object" && status.type === DIRECTORY ? { type: DIRECTORY, size: 0 } : status;
  }

  /** Whether the guest may change what is at a path. */
  isWritable(path: string): boolean {
    return this.#writable.some((root) => isInside(path, root));
  }

  /** The guest opens what is there. As long as it is open, it stays where it is. */
  hold(path: string): void {
    this.#users.set(path, (this.#users.get(path) ?? 0) + 1);
  }

  release(path: string): void {
    const users = (this.#users.get(path) ?? 0) - 1;
    if (users > 0) this.#users.set(path, users);
    else this.#users.delete(path);
  }

  /** Makes an empty file where nothing is. */
  createFile(path: string): number {
    const error = this.#mayEnter(path);
    if (error !== 0) return error;
    if (!this.#budget.create(path)) return fileErrno.NOSPC;
    this.#descriptorOf(path, CREATE);
    return 0;
  }

  /** Makes a directory where nothing is. */
  createDirectory(path: string): number {
    if (typeof this.stat(path) === "object") return fileErrno.EXIST;
    const error = this.#mayEnter(path);
    if (error !== 0) return error;
    if (!this.#budget.create(path)) return fileErrno.NOSPC;
    return this.#shim.atPath("path_create_directory", path);
  }

  removeFile(path: string): number {
    const status = this.#mayRemove(path);
    if (typeof status === "number") return status;
    if (status.type === DIRECTORY) return fileErrno.ISDIR;
    this.#forget(path);
    return this.#removed(path, this.#shim.atPath("path_unlink_file", path));
  }

  removeDirectory(path: string): number {
    const status = this.#mayRemove(path);
    if (typeof status === "number") return status;
    if (status.type !== DIRECTORY) return fileErrno.NOTDIR;
    this.#forget(path);
    return this.#removed(path, this.#shim.atPath("path_remove_directory", path));
  }

  /** Moves a file, also onto another. Directories stay where they are. */
  rename(from: string, to: string): number {
    const status = this.#mayRemove(from);
    if (typeof status === "number") return status;
    if (status.type === DIRECTORY) return fileErrno.NOTSUP;
    if (from === to) return 0;
    // Found out before anything is removed.
    if (this.#budget.isSpent) return fileErrno.NOSPC;
    const target = this.stat(to);
    const error = typeof target === "object" ? this.removeFile(to) : this.#mayEnter(to);
    if (error !== 0) return error;
    if (!this.#budget.move(from, to)) return fileErrno.NOSPC;
    this.#forget(from);
    return this.#shim.rename(from, to);
  }

  /** The bytes of a file at `offset`, `length` at most. Stale with the next call. */
  read(path: string, offset: number, length: number): Uint8Array {
    const left = this.sizeOf(path) - offset;
    // The shim panics beyond the end.
    return left <= 0 ? NOTHING : this.#shim.read(this.#descriptorOf(path), offset, Math.min(length, left));
  }

  /** Writes to a file, with zeros up to `offset` where it ends before. Nothing is written if that is too much. */
  write(path: string, offset: number, bytes: Uint8Array): number {
    const size = this.sizeOf(path);
    const end = offset + bytes.length;
    if (!this.#budget.hold(path, Math.max(size, end))) return fileErrno.NOSPC;
    const descriptor = this.#descriptorOf(path);
    if (offset > size) this.#shim.resize(descriptor, offset);
    if (offset >= size) {
      this.#shim.append(descriptor, offset, bytes);
      return 0;
    }
    // The shim would insert, so what follows is cut off, and written again.
    const rest = this.#readAll(descriptor, end, size);
    this.#shim.resize(descriptor, offset);
    this.#shim.append(descriptor, offset, bytes);
    this.#shim.append(descriptor, end, rest);
    return 0;
  }

  /** Cuts a file off, or fills it with zeros. */
  resize(path: string, size: number): number {
    if (!this.#budget.hold(path, size)) return fileErrno.NOSPC;
    this.#shim.resize(this.#descriptorOf(path), size);
    return 0;
  }

  /** A directory's entries from `cookie` on, as WASI writes them, cut off after `length` bytes. Stale with the next call. */
  entries(path: string, cookie: bigint, length: number): Uint8Array {
    return this.#shim.entries(this.#descriptorOf(path, OPEN_DIRECTORY), cookie, length);
  }

  #readAll(descriptor: number, start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, end - start));
    for (let done = 0; done < bytes.length; done += MAX_TRANSFER_BYTES) {
      bytes.set(this.#shim.read(descriptor, start + done, bytes.length - done), done);
    }
    return bytes;
  }

  /** Bytes of a file that the guest has open. */
  sizeOf(path: string): number {
    const status = this.stat(path);
    if (typeof status === "number") throw new ShimFailure(`an open file is gone: ${status}`);
    return status.size;
  }

  /** Whether something may come to where nothing is. */
  #mayEnter(path: string): number {
    const parent = this.stat(parentOf(path));
    if (typeof parent === "number") return parent;
    if (parent.type !== DIRECTORY) return fileErrno.NOTDIR;
    return this.isWritable(parentOf(path)) ? 0 : fileErrno.ROFS;
  }

  #mayRemove(path: string): FileStatus | number {
    const status = this.stat(path);
    if (typeof status === "number") return status;
    if (path === "" || !this.isWritable(parentOf(path))) return fileErrno.ROFS;
    // The shim panics when a file that is gone is read, and from then on whatever it is asked.
    return this.#users.has(path) ? fileErrno.BUSY : status;
  }

  /** Gives back what something has counted for, unless it could not be removed. */
  #removed(path: string, error: number): number {
    if (error === 0) this.#budget.remove(path);
    return error;
  }

  #descriptorOf(path: string, flags = 0): number {
    const known = this.#descriptors.get(path);
    if (known !== undefined) return known;
    const descriptor = this.#shim.open(path, flags);
    if (descriptor < 0) expectSuccess(-descriptor, path);
    this.#descriptors.set(path, descriptor);
    return descriptor;
  }

  #forget(path: string): void {
    const descriptor = this.#descriptors.get(path);
    if (descriptor === undefined) return;
    this.#descriptors.delete(path);
    this.#shim.closeDescriptor(descriptor);
  }
}

/** Bytes of the shim's memory that what an instance begins with takes, or a few more. */
export function bytesGiven({ files, directories }: FileTree): number {
  let bytes = 0;
  for (const [path, { length }] of files) bytes += nodeBytes(path) + roomOf(length);
  for (const path of directories) bytes += nodeBytes(path);
  return bytes;
}

/** What the shim makes room for when a file is given to it piece by piece. */
function roomOf(size: number): number {
  if (size <= MAX_TRANSFER_BYTES) return size;
  return MAX_TRANSFER_BYTES * 2 ** Math.ceil(Math.log2(size / MAX_TRANSFER_BYTES));
}

function expectSuccess(error: number, path: string): void {
  if (error !== 0) throw new ShimFailure(`the shim answers ${error} for /${path}`);
}
