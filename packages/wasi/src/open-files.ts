import { MAX_OPEN } from "./limits.js";
import type { MemoryFiles } from "./memory-files.js";

/** An open file or directory. */
export interface OpenFile {
  /** Resolved. */
  readonly path: string;
  readonly isDirectory: boolean;
  readonly canRead: boolean;
  readonly canWrite: boolean;
  /** Whether writes go to the end. */
  appends: boolean;
  /** Where the next read or write begins. */
  offset: number;
}

/** The first descriptor that is no standard stream: the root, which is open from the beginning. */
export const ROOT_DESCRIPTOR = 3;

/** The descriptors of an instance but for the standard streams. */
export class OpenFiles {
  readonly files: MemoryFiles;
  readonly #open = new Map<number, OpenFile>();

  constructor(files: MemoryFiles) {
    this.files = files;
    this.add({ path: "", isDirectory: true, canRead: true, canWrite: false, appends: false, offset: 0 });
  }

  get(fd: number): OpenFile | undefined {
    return this.#open.get(fd);
  }

  /** Whether there is a descriptor left. */
  get hasRoom(): boolean {
    return this.#open.size < MAX_OPEN;
  }

  /** The lowest descriptor that is free. */
  add(file: OpenFile): number {
    let fd = ROOT_DESCRIPTOR;
    while (this.#open.has(fd)) fd++;
    this.#open.set(fd, file);
    this.files.hold(file.path);
    return fd;
  }

  /** False for one that is not open. */
  close(fd: number): boolean {
    const file = this.#open.get(fd);
    if (file === undefined) return false;
    this.#open.delete(fd);
    this.files.release(file.path);
    return true;
  }

  /** Moves `from` to `to`, which is closed. False unless both are open. */
  renumber(from: number, to: number): boolean {
    const file = this.#open.get(from);
    if (file === undefined || !this.#open.has(to)) return false;
    if (from === to) return true;
    this.close(to);
    this.#open.delete(from);
    this.#open.set(to, file);
    return true;
  }
}
