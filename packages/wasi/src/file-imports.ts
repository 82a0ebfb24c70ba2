import { type GuestMemory, GuestMemoryError, type Invocation, type WasiFunction } from "@guardhost/core";
import { BYTE_UNITS, ELEMENT_UNITS, iovecBuffers } from "@guardhost/engine";
import { fileErrno as errno } from "./file-errno.js";
import { MAX_TRANSFER_BYTES } from "./limits.js";
import { DIRECTORY, type FileStatus, REGULAR_FILE } from "./memory-files.js";
import { type OpenFile, type OpenFiles, ROOT_DESCRIPTOR } from "./open-files.js";
import { MAX_PATH_BYTES, resolvePath } from "./paths.js";

/** What the functions of a file system work with. */
export interface FileHost {
  readonly open: OpenFiles;
  readonly invocation: Pick<Invocation, "memory" | "interrupts">;
}

/** Answers by the arguments of the WASI function. Throws a GuestMemoryError for a pointer out of bounds. */
type Answer = (...args: never[]) => number;

/** What each call of the shim costs, in instructions of a guest: some 20 µs. */
const CALL_UNITS = 50_000;

/** The name by which guests know the root. */
const ROOT_NAME = new Uint8Array([0x2f]);

// Flags of path_open, and of descriptors.
const CREATE = 1;
const OPEN_DIRECTORY = 2;
const EXCLUSIVE = 4;
const TRUNCATE = 8;
const APPEND = 1;
const ALL_FLAGS = 0b11111;

const ALL_RIGHTS = (1n << 29n) - 1n;
const READ_RIGHT = 1n << 1n;
/** To write, to allocate, and to set the size. */
const WRITE_RIGHTS = (1n << 6n) | (1n << 8n) | (1n << 22n);
const WRITE_RIGHT = 1n << 6n;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/**
 * The functions of WASI that work on descriptors from {@link ROOT_DESCRIPTOR} up, and on paths. For other descriptors they
 * answer EBADF.
 */
export function fileAnswers({ open, invocation }: FileHost): Partial<Record<WasiFunction, Answer>> {
  const { files } = open;

  function memory(): GuestMemory {
    if (invocation.memory === undefined) throw new GuestMemoryError("the guest's memory is not known yet");
    return invocation.memory;
  }

  const charge = (units: number) => invocation.interrupts?.charge(units);

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
    charge(CALL_UNITS);
    const base = open.get(fd);
    if (base === undefined) return errno.BADF;
    if (!base.isDirectory) return errno.NOTDIR;
    if (length >>> 0 > MAX_PATH_BYTES) return errno.NAMETOOLONG;
    const bytes = memory().read(pointer, length);
    let text: string;
    try {
      text = utf8.decode(bytes);
    } catch {
      return errno.ILSEQ;
    }
    const path = resolvePath(base.path, text);
    return typeof path === "number" ? path : work(path);
  }

  function buffersOf(iovecs: number, count: number): Uint8Array[] | undefined {
    const buffers = iovecBuffers(memory(), iovecs, count);
    charge((buffers?.length ?? 0) * ELEMENT_UNITS);
    return buffers;
  }

  /** @param move whether the next read goes on where this one ends */
  function read(
    file: OpenFile,
    iovecs: number,
    count: number,
    offset: number,
    result: number,
    move: boolean,
  ): number {
    if (!file.canRead) return errno.BADF;
    const buffers = buffersOf(iovecs, count);
    if (buffers === undefined) return errno.INVAL;
    if (!memory().has(result, 4)) return errno.FAULT;
    const wanted = Math.min(sumOf(buffers), MAX_TRANSFER_BYTES);
    const bytes = files.read(file.path, offset, wanted);
    charge(CALL_UNITS + bytes.length * BYTE_UNITS);
    let done = 0;
    for (const buffer of buffers) {
      const part = bytes.subarray(done, done + buffer.length);
      buffer.set(part);
      done += part.length;
    }
    if (move) file.offset = offset + done;
    memory().writeUint32(result, done);
    return errno.SUCCESS;
  }

  /** @param move whether the next write goes on where this one ends */
  function write(
    file: OpenFile,
    iovecs: number,
    count: number,
    offset: number,
    result: number,
    move: boolean,
  ): number {
    if (!file.canWrite) return errno.BADF;
    const buffers = buffersOf(iovecs, count);
    if (buffers === undefined) return errno.INVAL;
    if (!memory().has(result, 4)) return errno.FAULT;
    const bytes = new Uint8Array(Math.min(sumOf(buffers), MAX_TRANSFER_BYTES));
    let length = 0;
    for (const buffer of buffers) {
      const part = buffer.subarray(0, bytes.length - length);
      bytes.set(part, length);
      length += part.length;
    }
    const size = sizeOf(file);
    const start = file.appends ? size : offset;
    const error = length === 0 ? errno.SUCCESS : files.write(file.path, start, bytes);
    // What follows is copied as well.
    charge(3 * CALL_UNITS + (length + Math.max(0, size - start)) * BYTE_UNITS);
    if (error !== errno.SUCCESS) return error;
    if (move) file.offset = start + length;
    memory().writeUint32(result, length);
    return errno.SUCCESS;
  }

  function sizeOf(file: OpenFile): number {
    const status = files.stat(file.path);
    return typeof status === "number" ? 0 : status.size;
  }

  function writeStatus(path: string, result: number): number {
    charge(CALL_UNITS);
    const status = files.stat(path);
    if (typeof status === "number") return status;
    memory().write(result, filestatOf(status));
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
    memory().writeUint32(result, fd);
    return errno.SUCCESS;
  }

  return {
    fd_advise: forAny(() => errno.SUCCESS),
    fd_allocate: forAny(() => errno.NOTSUP),
    fd_close: (fd: number) => (open.close(fd) ? errno.SUCCESS : errno.BADF),
    fd_datasync: forAny(() => errno.SUCCESS),
    fd_fdstat_get: forAny((file, result: number) => {
      memory().write(result, fdstatOf(file));
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
      charge(CALL_UNITS);
      if (!file.canWrite) return errno.BADF;
      return files.resize(file.path, numberOf(size));
    }),
    fd_filestat_set_times: forAny(() => errno.NOTSUP),
    fd_pread: forFile((file, iovecs: number, count: number, offset: bigint, result: number) =>
      read(file, iovecs, count, numberOf(offset), result, false),
    ),
    fd_prestat_dir_name(fd: number, pointer: number, length: number) {
      if (!isRoot(fd)) return errno.BADF;
      if (length >>> 0 < ROOT_NAME.length) return errno.NAMETOOLONG;
      memory().write(pointer, ROOT_NAME);
      return errno.SUCCESS;
    },
    fd_prestat_get(fd: number, result: number) {
      if (!isRoot(fd)) return errno.BADF;
      memory().writeUint64(result, BigInt(ROOT_NAME.length) << 32n);
      return errno.SUCCESS;
    },
    fd_pwrite: forAny((file, iovecs: number, count: number, offset: bigint, result: number) =>
      write(file, iovecs, count, numberOf(offset), result, false),
    ),
    fd_read: forFile((file, iovecs: number, count: number, result: number) =>
      read(file, iovecs, count, file.offset, result, true),
    ),
    fd_readdir: forAny((file, pointer: number, length: number, cookie: bigint, result: number) => {
      if (!file.isDirectory) return errno.NOTDIR;
      const buffer = memory().view(pointer, length);
      if (!memory().has(result, 4)) return errno.FAULT;
      // Less than was asked for would say that the directory ends.
      if (buffer.length > MAX_TRANSFER_BYTES) return errno.INVAL;
      const entries = files.entries(file.path, cookie, buffer.length);
      // The shim looks at the whole directory.
      charge(20 * CALL_UNITS);
      buffer.set(entries);
      memory().writeUint32(result, entries.length);
      return errno.SUCCESS;
    }),
    fd_renumber: (from: number, to: number) => (open.renumber(from, to) ? errno.SUCCESS : errno.BADF),
    fd_seek: forFile((file, delta: bigint, whence: number, result: number) => {
      const start = [() => 0, () => file.offset, () => sizeOf(file)][whence]?.();
      const offset = start === undefined ? -1 : start + Number(delta);
      if (!(offset >= 0 && offset <= Number.MAX_SAFE_INTEGER)) return errno.INVAL;
      memory().writeUint64(result, BigInt(offset));
      file.offset = offset;
      return errno.SUCCESS;
    }),
    fd_sync: forAny(() => errno.SUCCESS),
    fd_tell: forFile((file, result: number) => {
      memory().writeUint64(result, BigInt(file.offset));
      return errno.SUCCESS;
    }),
    fd_write: forAny((file, iovecs: number, count: number, result: number) =>
      write(file, iovecs, count, file.offset, result, true),
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
      if (!memory().has(result, 4)) return errno.FAULT;
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

function sumOf(buffers: readonly Uint8Array[]): number {
  return buffers.reduce((sum, buffer) => sum + buffer.length, 0);
}

/** An unsigned number of 64 bits; beyond all files where JavaScript cannot tell it from its neighbours. */
function numberOf(value: bigint): number {
  return Math.min(Number(BigInt.asUintN(64, value)), Number.MAX_SAFE_INTEGER);
}

/** The 64 bytes of a WASI `filestat`. There are no times: the shim would tell the host's. */
function filestatOf({ type, size }: FileStatus): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  view.setUint8(16, type);
  view.setBigUint64(24, 1n, true);
  view.setBigUint64(32, BigInt(size), true);
  return bytes;
}

/** The 24 bytes of a WASI `fdstat`. */
function fdstatOf({ isDirectory, appends, canRead, canWrite }: OpenFile): Uint8Array {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  const lacking = isDirectory ? 0n : (canRead ? 0n : READ_RIGHT) | (canWrite ? 0n : WRITE_RIGHTS);
  view.setUint8(0, isDirectory ? DIRECTORY : REGULAR_FILE);
  view.setUint16(2, appends ? APPEND : 0, true);
  view.setBigUint64(8, ALL_RIGHTS & ~lacking, true);
  view.setBigUint64(16, ALL_RIGHTS, true);
  return bytes;
}
