import { MAX_CREATED, MAX_WRITTEN_BYTES, NODE_BYTES } from "./limits.js";

const encoder = new TextEncoder();

/** Bytes that a file or directory counts for, beside its content. */
export function nodeBytes(path: string): number {
  return NODE_BYTES + encoder.encode(path).length;
}

/**
 * What a guest may write, in bytes and in files and directories that it makes. A file counts with the most that it has ever
 * held, until it is removed: the shim keeps the memory of files that are cut off.
 */
export class WriteBudget {
  readonly #taken = new Map<string, number>();
  #left = MAX_WRITTEN_BYTES;
  #creationsLeft = MAX_CREATED;

  /** Bytes that everything counts for. */
  get takenBytes(): number {
    return MAX_WRITTEN_BYTES - this.#left;
  }

  /** Files and directories that were ever made or moved. */
  get creations(): number {
    return MAX_CREATED - this.#creationsLeft;
  }

  /** Whether nothing more can be made or moved. */
  get isSpent(): boolean {
    return this.#creationsLeft <= 0;
  }

  /** Takes what a file or directory needs that is not there yet. False when there is not so much left. */
  create(path: string): boolean {
    if (this.isSpent || !this.#take(path, nodeBytes(path))) return false;
    this.#creationsLeft--;
    return true;
  }

  /** Takes what a file needs to hold `size` bytes. False when there is not so much left. */
  hold(path: string, size: number): boolean {
    return this.#take(path, nodeBytes(path) + size);
  }

  /** A file is moved to where nothing is. False when there is not so much left. */
  move(from: string, to: string): boolean {
    const taken = this.#taken.get(from) ?? 0;
    this.remove(from);
    const moved = taken - nodeBytes(from) + nodeBytes(to);
    if (this.isSpent || !this.#take(to, moved)) {
      this.#take(from, taken);
      return false;
    }
    this.#creationsLeft--;
    return true;
  }

  /** Gives back what something has taken, if it has. */
  remove(path: string): void {
    this.#left += this.#taken.get(path) ?? 0;
    this.#taken.delete(path);
  }

  /** @param bytes all that is at the path has to count for */
  #take(path: string, bytes: number): boolean {
    const taken = this.#taken.get(path) ?? 0;
    if (bytes - taken > this.#left) return false;
    if (bytes > taken) {
      this.#left -= bytes - taken;
      this.#taken.set(path, bytes);
    }
    return true;
  }
}
