import { type GuestMemory, GuestMemoryError, type WASI_SIGNATURES, type WasiFunction } from "@guardhost/core";
import { CLOCK_RESOLUTION, type ClockMode, createClocks } from "./clocks.js";
import { type Descriptor, Descriptors, fdstatOf, filestat } from "./descriptors.js";
import { type Errno, errno } from "./errno.js";
import { iovecBuffers } from "./iovecs.js";
import { MAX_SUBSCRIPTIONS, pollOneoff } from "./poll.js";
import { createRandomSource, MAX_RANDOM_BYTES, type RandomMode } from "./random.js";
import { MAX_WRITE_BYTES, Stdio, type StdioOptions } from "./stdio.js";

/** What an instance's WASI needs of its host. */
export interface SealedWasiOptions extends StdioOptions {
  /** The guest's memory; undefined before it is known, when every pointer is out of bounds. Must not throw. */
  memory(): GuestMemory | undefined;
  /** Counts work for the guest, in instructions of its own, towards when it is interrupted next. Must not throw. */
  charge(units: number): void;
  /** Ends the guest with an exit code from 0 to 2^32 - 1: throws what the guest cannot catch, and never returns. */
  exit(code: number): never;
  /** Whether a descriptor, which is no standard stream, is an open file to be waited for. None is unless given. */
  readonly isOpenFile?: ((fd: number) => boolean) | undefined;
  /** Deterministic unless given: the wall clock starts at 2022-01-01, and each reading is 1 ms after the last. */
  readonly clock?: ClockMode | undefined;
  /** Deterministic unless given: every instance reads the same bytes, which are no secret. */
  readonly random?: RandomMode | undefined;
}

/** A function as WebAssembly calls it: numbers for i32 and bigints for i64. Answers an error number. */
export type WasiImport = (...args: (number | bigint)[]) => number;

/** WASI preview 1 for one instance. */
export interface SealedWasi {
  /** All of `wasi_snapshot_preview1`. None of them throws, but for `proc_exit`. */
  readonly imports: Readonly<Record<WasiFunction, WasiImport>>;
  /** Passes on output that no line feed has ended. For after each call of the guest, and before its end. */
  flush(): void;
}

/** What JavaScript sees of WebAssembly's types. */
type Values<Types extends readonly unknown[]> = {
  -readonly [Index in keyof Types]: Types[Index] extends "i64" ? bigint : number;
};

/** What a byte that is printed or made at random costs, in instructions of a guest. */
export const BYTE_UNITS = 4;

/** What an element of an array that a guest hands over costs, in instructions of a guest: its view is made and looked at. */
export const ELEMENT_UNITS = 500;

/** How each function answers: always the same, or by its arguments. Throws for a pointer out of bounds. */
type Answers = {
  readonly [Name in WasiFunction]:
    | Errno
    | ((...args: Values<(typeof WASI_SIGNATURES)[Name]["params"]>) => Errno);
};

/**
 * WASI preview 1 that reaches nothing of the host's. The guest has no arguments, no environment, no files and no
 * sockets. It reads the end of its stdin, and writes its stdout and stderr into a log. It never waits, and by default
 * it knows neither the time nor a secret, so that what it does is a function of what it was given.
 *
 * The module's imports must have been compared with {@link WASI_SIGNATURES} before these functions are handed to it.
 */
export function createSealedWasi(options: SealedWasiOptions): SealedWasi {
  const stdio = new Stdio(options);
  const imports = Object.fromEntries(
    Object.entries(sealedAnswers(options, stdio)).map(([name, answer]) => [name, wasiImport(answer)]),
  ) as SealedWasi["imports"];
  return { imports, flush: () => stdio.flush() };
}

/** Turns an answer, or what answers, into an import that answers EFAULT where it throws a GuestMemoryError. */
export function wasiImport(answer: number | ((...args: never[]) => number)): WasiImport {
  if (typeof answer === "number") return () => answer;
  // The signature was compared, so WebAssembly passes what the answer takes.
  const run = answer as WasiImport;
  return (...args) => {
    try {
      return run(...args);
    } catch (error) {
      if (error instanceof GuestMemoryError) return errno.FAULT;
      throw error;
    }
  };
}

/** Every function of WASI preview 1, and its answer. */
function sealedAnswers(options: SealedWasiOptions, stdio: Stdio): Answers {
  const descriptors = new Descriptors();
  const clocks = createClocks(options.clock ?? "deterministic");
  const isOpenFile = options.isOpenFile ?? (() => false);
  const fillRandomly = createRandomSource(options.random ?? "deterministic");

  function memory(): GuestMemory {
    const known = options.memory();
    if (known === undefined) throw new GuestMemoryError("the guest's memory is not known yet");
    return known;
  }

  /** Views of the buffers to read from or to write to; undefined when there are too many. */
  function buffersOf(iovecs: number, count: number): Uint8Array[] | undefined {
    const buffers = iovecBuffers(memory(), iovecs, count);
    options.charge((buffers?.length ?? 0) * ELEMENT_UNITS);
    return buffers;
  }

  /** Writes two numbers: no strings, of no bytes. */
  function noStrings(count: number, bytes: number): Errno {
    memory().writeUint32(count, 0);
    memory().writeUint32(bytes, 0);
    return errno.SUCCESS;
  }

  /** Answers `answer` for streams, and EBADF for what is not open. */
  const forStreams = (answer: Errno) => (fd: number) =>
    descriptors.get(fd) === undefined ? errno.BADF : answer;

  /** Writes what `describe` makes of a stream. */
  const about = (describe: (descriptor: Descriptor) => Uint8Array) => (fd: number, result: number) => {
    const descriptor = descriptors.get(fd);
    if (descriptor === undefined) return errno.BADF;
    memory().write(result, describe(descriptor));
    return errno.SUCCESS;
  };

  return {
    args_get: errno.SUCCESS,
    args_sizes_get: noStrings,
    clock_res_get(id, result) {
      if (clocks[id] === undefined) return errno.INVAL;
      memory().writeUint64(result, CLOCK_RESOLUTION);
      return errno.SUCCESS;
    },
    clock_time_get(id, _precision, result) {
      const time = clocks[id]?.();
      if (time === undefined) return errno.INVAL;
      memory().writeUint64(result, time);
      return errno.SUCCESS;
    },
    environ_get: errno.SUCCESS,
    environ_sizes_get: noStrings,
    fd_advise: forStreams(errno.SPIPE),
    fd_allocate: forStreams(errno.SPIPE),
    fd_close: (fd) => descriptors.close(fd),
    fd_datasync: forStreams(errno.INVAL),
    fd_fdstat_get: about(fdstatOf),
    fd_fdstat_set_flags: (fd, flags) => descriptors.setFlags(fd, flags),
    fd_fdstat_set_rights: forStreams(errno.NOSYS),
    fd_filestat_get: about(filestat),
    fd_filestat_set_size: forStreams(errno.INVAL),
    fd_filestat_set_times: forStreams(errno.PERM),
    fd_pread: forStreams(errno.SPIPE),
    fd_prestat_dir_name: errno.BADF,
    // wasi-libc asks from descriptor 3 up, and gives up at start on any other answer.
    fd_prestat_get: errno.BADF,
    fd_pwrite: forStreams(errno.SPIPE),
    fd_read(fd, iovecs, count, read) {
      if (descriptors.get(fd)?.stream !== "stdin") return errno.BADF;
      if (buffersOf(iovecs, count) === undefined) return errno.INVAL;
      memory().writeUint32(read, 0);
      return errno.SUCCESS;
    },
    fd_readdir: forStreams(errno.NOTDIR),
    fd_renumber: (from, to) => descriptors.renumber(from, to),
    fd_seek: forStreams(errno.SPIPE),
    fd_sync: forStreams(errno.INVAL),
    fd_tell: forStreams(errno.SPIPE),
    fd_write(fd, iovecs, count, written) {
      const stream = descriptors.get(fd)?.stream ?? "stdin";
      if (stream === "stdin") return errno.BADF;
      const buffers = buffersOf(iovecs, count);
      if (buffers === undefined) return errno.INVAL;
      // Looked at before anything is printed: a guest that is told of a failure may print it again.
      if (!memory().has(written, 4)) return errno.FAULT;
      const bytes = stdio.write(stream, buffers);
      options.charge(Math.min(bytes, MAX_WRITE_BYTES) * BYTE_UNITS);
      memory().writeUint32(written, bytes);
      return errno.SUCCESS;
    },
    path_create_directory: forStreams(errno.NOTDIR),
    path_filestat_get: forStreams(errno.NOTDIR),
    path_filestat_set_times: forStreams(errno.NOTDIR),
    path_link: forStreams(errno.NOTDIR),
    path_open: forStreams(errno.NOTDIR),
    path_readlink: forStreams(errno.NOTDIR),
    path_remove_directory: forStreams(errno.NOTDIR),
    path_rename: forStreams(errno.NOTDIR),
    path_symlink: (_target, _targetBytes, fd) => forStreams(errno.NOTDIR)(fd),
    path_unlink_file: forStreams(errno.NOTDIR),
    poll_oneoff(subscriptions, events, count, eventCount) {
      options.charge(Math.min(count >>> 0, MAX_SUBSCRIPTIONS) * ELEMENT_UNITS);
      return pollOneoff(
        memory(),
        { clocks, descriptors, isOpenFile },
        { subscriptions, events, count, eventCount },
      );
    },
    proc_exit: (code) => options.exit(code >>> 0),
    proc_raise: errno.NOSYS,
    random_get(buffer, bytes) {
      const filled = memory().view(buffer, bytes);
      // WASI cannot say that only a part was filled. What libraries ask for is seeds and keys.
      if (filled.length > MAX_RANDOM_BYTES) return errno.INVAL;
      options.charge(filled.length * BYTE_UNITS);
      fillRandomly(filled);
      return errno.SUCCESS;
    },
    sched_yield: errno.SUCCESS,
    sock_accept: forStreams(errno.NOTSOCK),
    sock_recv: forStreams(errno.NOTSOCK),
    sock_send: forStreams(errno.NOTSOCK),
    sock_shutdown: forStreams(errno.NOTSOCK),
  };
}
