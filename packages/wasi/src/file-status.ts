import { DIRECTORY, type FileStatus, REGULAR_FILE } from "./memory-files.js";
import type { OpenFile } from "./open-files.js";

/** The flag of descriptors whose writes go to the end. */
export const APPEND = 1;

const ALL_RIGHTS = (1n << 29n) - 1n;
export const READ_RIGHT: bigint = 1n << 1n;
/** To write, to allocate, and to set the size. */
const WRITE_RIGHTS = (1n << 6n) | (1n << 8n) | (1n << 22n);
export const WRITE_RIGHT: bigint = 1n << 6n;

/** The 64 bytes of a WASI `filestat`. There are no times: the shim would tell the host's. */
export function filestatOf({ type, size }: FileStatus): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  view.setUint8(16, type);
  view.setBigUint64(24, 1n, true);
  view.setBigUint64(32, BigInt(size), true);
  return bytes;
}

/** The 24 bytes of a WASI `fdstat`. */
export function fdstatOf({ isDirectory, appends, canRead, canWrite }: OpenFile): Uint8Array {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  const lacking = isDirectory ? 0n : (canRead ? 0n : READ_RIGHT) | (canWrite ? 0n : WRITE_RIGHTS);
  view.setUint8(0, isDirectory ? DIRECTORY : REGULAR_FILE);
  view.setUint16(2, appends ? APPEND : 0, true);
  view.setBigUint64(8, ALL_RIGHTS & ~lacking, true);
  view.setBigUint64(16, ALL_RIGHTS, true);
  return bytes;
}
