import type { WasiFunction } from "@guardhost/core";
import { CALL_UNITS, type CallingGuest } from "./calling-guest.js";
import { fileErrno as errno } from "./file-errno.js";
import { APPEND, fdstatOf, filestatOf, READ_RIGHT, WRITE_RIGHT } from "./file-status.js";
import { FileTransfers } from "./file-transfers.js";
import { MAX_TRANSFER_BYTES } from "./limits.js";
import { DIRECTORY } from "./memory-files.js";
import { type OpenFile, type OpenFiles, ROOT_DESCRIPTOR } from "./open-files.js";
import { MAX_PATH_BYTES, resolvePath } from "./paths.js";

/** Answers by the arguments of the WASI function. Throws a GuestMemoryError for a pointer out of bounds. */
type Answer = (...args: never[]) => number;

/** The name by which guests know the root. */
const ROOT_NAME = new Uint8Array([0x2f]);

// Flags of path_open, and of descriptors.
const CREATE = 1;
const OPEN_DIRECTORY = 2;
const EXCLUSIVE = 4;
const TRUNCATE = 8;
const ALL_FLAGS = 0b11111;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/**
 * The functions of WASI that work on descriptors from {@link ROOT_DESCRIPTOR} up, and on paths. For other descriptors they
 * answer EBADF.
 */
export function fileAnswers(open: OpenFiles, guest: CallingGuest): Partial<Record<WasiFunction, Answer>> {
  const { files } = open;

  const transfers = new FileTransfers(open, guest);

  /** Whether a descriptor is the root that was open from the beginning, unless it was closed or replaced. */
  const isRoot = (fd: number) => fd === ROOT_DESCRIPTOR && open.get(fd)?.path === "";

  /** Runs `work` for what only files have. */
  const forFile =
    <Rest extends unknown[]>(work: (file: OpenFile, ...rest: Rest) => number) =>
    (fd: number, ...rest: Rest): number => {
      const file = open.get(fd);
      if (file === undefined) return errno.BADF;
      return file.isDirectory ? errno.ISDIR : work(file, ...rest);
    };

  const forAny =
    <Rest extends unknown[]>(work: (file: OpenFile, ...rest: Rest) => number) =>
    (fd: number, ...rest: Rest): number => {
      const file = open.get(fd);
      return file === undefined ? errno.BADF : work(file, ...rest);
    };

  /** Runs `work` for the path that bytes in the guest's memory name, below an open directory. */
  function atPath(fd: number, pointer: number, length: number, work: (path: string) => number): number {
    guest.charge(CALL_UNITS);
    const base = open.get(fd);
    if (base === undefined) return errno.BADF;
    if (!base.isDirectory) return errno.NOTDIR;
    if (length >>> 0 > MAX_PATH_BYTES) return errno.NAMETOOLONG;
    const bytes = guest.memory.read(pointer, length);
    let text: string;
    try {
      text = utf8.decode(bytes);
    } catch {
      return errno.ILSEQ;
    }
    const path = resolvePath(base.path, text);
    return typeof path === "number" ? path : work(path);
  }

  function writeStatus(path: string, result: number): number {
    guest.charge(CALL_UNITS);
    const status = files.stat(path);
    if (typeof status === "number") return status;
    guest.memory.write(result, filestatOf(status));
    return errno.SUCCESS;
  }

  function openPath(
    path: string,
    flags: number,
    rights: bigint,
    descriptorFlags: number,
    result: number,
  ): number {
    const canWrite = (rights & WRITE_RIGHT) !== 0n;
    const status = files.stat(path);
    let isDirectory = false;
    if (typeof status === "number") {
      if (status !== errno.NOENT || (flags & CREATE) === 0 || (flags & OPEN_DIRECTORY) !== 0) return status;
      const error = files.createFile(path);
      if (error !== errno.SUCCESS) return error;
    } else {
      isDirectory = status.type === DIRECTORY;
      if ((flags & CREATE) !== 0 && (flags & EXCLUSIVE) !== 0) return errno.EXIST;
      if (!isDirectory && (flags & OPEN_DIRECTORY) !== 0) return errno.NOTDIR;
      if (isDirectory && (canWrite || (flags & (CREATE | TRUNCATE)) !== 0)) return errno.ISDIR;
      if ((canWrite || (flags & TRUNCATE) !== 0) && !files.isWritable(path)) return errno.ROFS;
      if ((flags & TRUNCATE) !== 0) files.resize(path, 0);
    }
    const fd = open.add({
      path,
      isDirectory,
      canRead: (rights & READ_RIGHT) !== 0n,
      canWrite,
      appends: (descriptorFlags & APPEND) !== 0,
      offset: 0,
    });
    guest.memory.writeUint32(result, fd);
    return errno.SUCCESS;
  }

  return {
    fd_advise: forAny(() => errno.SUCCESS),
    fd_allocate: forAny(() => errno.NOTSUP),
    fd_close: (fd: number) => (open.close(fd) ? errno.SUCCESS : errno.BADF),
    fd_datasync: forAny(() => errno.SUCCESS),
    fd_fdstat_get: forAny((file, result: number) => {
      guest.memory.write(result, fdstatOf(file));
      return errno.SUCCESS;
    }),
    fd_fdstat_set_flags: forAny((file, flags: number) => {
      if ((flags & ~ALL_FLAGS) !== 0) return errno.INVAL;
      file.appends = (flags & APPEND) !== 0;
      return errno.SUCCESS;
    }),
    fd_fdstat_set_rights: forAny(() => errno.NOTSUP),
    fd_filestat_get: forAny((file, result: number) => writeStatus(file.path, result)),
    fd_filestat_set_size: forAny((file, size: bigint) => {
      guest.charge(CALL_UNITS);
      if (!file.canWrite) return errno.BADF;
      return files.resize(file.path, numberOf(size));
    }),
    fd_filestat_set_times: forAny(() => errno.NOTSUP),
    fd_pread: forFile((file, iovecs: number, count: number, offset: bigint, result: number) =>
      transfers.read(file, { iovecs, count, result, offset: numberOf(offset) }),
    ),
    fd_prestat_dir_name(fd: number, pointer: number, length: number) {
      if (!isRoot(fd)) return errno.BADF;
      if (length >>> 0 < ROOT_NAME.length) return errno.NAMETOOLONG;
      guest.memory.write(pointer, ROOT_NAME);
      return errno.SUCCESS;
    },
    fd_prestat_get(fd: number, result: number) {
      if (!isRoot(fd)) return errno.BADF;
      guest.memory.writeUint64(result, BigInt(ROOT_NAME.length) << 32n);
      return errno.SUCCESS;
    },
    fd_pwrite: forAny((file, iovecs: number, count: number, offset: bigint, result: number) =>
      transfers.write(file, { iovecs, count, result, offset: numberOf(offset) }),
    ),
    fd_read: forFile((file, iovecs: number, count: number, result: number) =>
      transfers.read(file, { iovecs, count, result }),
    ),
    fd_readdir: forAny((file, pointer: number, length: number, cookie: bigint, result: number) => {
      if (!file.isDirectory) return errno.NOTDIR;
      const buffer = guest.memory.view(pointer, length);
      if (!guest.memory.has(result, 4)) return errno.FAULT;
      // Less than was asked for would say that the directory ends.
      if (buffer.length > MAX_TRANSFER_BYTES) return errno.INVAL;
      const entries = files.entries(file.path, cookie, buffer.length);
      // The shim looks at the whole directory.
      guest.charge(20 * CALL_UNITS);
      buffer.set(entries);
      guest.memory.writeUint32(result, entries.length);
      return errno.SUCCESS;
    }),
    fd_renumber: (from: number, to: number) => (open.renumber(from, to) ? errno.SUCCESS : errno.BADF),
    fd_seek: forFile((file, delta: bigint, whence: number, result: number) => {
      const start = [() => 0, () => file.offset, () => files.sizeOf(file.path)][whence]?.();
      const offset = start === undefined ? -1 : start + Number(delta);
      if (!(offset >= 0 && offset <= Number.MAX_SAFE_INTEGER)) return errno.INVAL;
      guest.memory.writeUint64(result, BigInt(offset));
      file.offset = offset;
      return errno.SUCCESS;
    }),
    fd_sync: forAny(() => errno.SUCCESS),
    fd_tell: forFile((file, result: number) => {
      guest.memory.writeUint64(result, BigInt(file.offset));
      return errno.SUCCESS;
    }),
    fd_write: forAny((file, iovecs: number, count: number, result: number) =>
      transfers.write(file, { iovecs, count, result }),
    ),
    path_create_directory: (fd: number, pointer: number, length: number) =>
      atPath(fd, pointer, length, (path) => files.createDirectory(path)),
    path_filestat_get: (fd: number, _flags: number, pointer: number, length: number, result: number) =>
      atPath(fd, pointer, length, (path) => writeStatus(path, result)),
    path_filestat_set_times: () => errno.NOTSUP,
    path_link: () => errno.NOTSUP,
    path_open(
      fd: number,
      _lookup: number,
      pointer: number,
      length: number,
      flags: number,
      rights: bigint,
      _inheriting: bigint,
      descriptorFlags: number,
      result: number,
    ) {
      if (!guest.memory.has(result, 4)) return errno.FAULT;
      if (!open.hasRoom) return errno.MFILE;
      return atPath(fd, pointer, length, (path) => openPath(path, flags, rights, descriptorFlags, result));
    },
    // Nothing here is a link.
    path_readlink: (fd: number, pointer: number, length: number) =>
      atPath(fd, pointer, length, (path) => {
        const status = files.stat(path);
        return typeof status === "number" ? status : errno.INVAL;
      }),
    path_remove_directory: (fd: number, pointer: number, length: number) =>
      atPath(fd, pointer, length, (path) => files.removeDirectory(path)),
    path_rename: (
      fd: number,
      pointer: number,
      length: number,
      toFd: number,
      toPointer: number,
      toLength: number,
    ) =>
      atPath(fd, pointer, length, (from) =>
        atPath(toFd, toPointer, toLength, (to) => files.rename(from, to)),
      ),
    path_unlink_file: (fd: number, pointer: number, length: number) =>
      atPath(fd, pointer, length, (path) => files.removeFile(path)),
  };
}

/** An unsigned number of 64 bits; beyond all files where JavaScript cannot tell it from its neighbours. */
function numberOf(value: bigint): number {
  return Math.min(Number(BigInt.asUintN(64, value)), Number.MAX_SAFE_INTEGER);
}
