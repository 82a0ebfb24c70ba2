import type { WasiFunction } from "@guardhost/core";
import { WASI_SIGNATURES } from "@guardhost/core";
import { describe, expect, test } from "vitest";
import { Exit, openGuest, wasiFunctions } from "./wasi-harness.js";

const [SUCCESS, BADF, FAULT, INVAL, NOSYS, NOTDIR, NOTSOCK, PERM, SPIPE] = [0, 8, 21, 28, 52, 54, 57, 63, 70];
const OUT_OF_MEMORY = 65_536;

/** What each function answers for stdout where it takes a descriptor, with pointers and lengths of 8. */
const answersForStdout = {
  args_get: SUCCESS,
  args_sizes_get: SUCCESS,
  clock_res_get: SUCCESS,
  clock_time_get: SUCCESS,
  environ_get: SUCCESS,
  environ_sizes_get: SUCCESS,
  fd_advise: SPIPE,
  fd_allocate: SPIPE,
  fd_close: SUCCESS,
  fd_datasync: INVAL,
  fd_fdstat_get: SUCCESS,
  fd_fdstat_set_flags: SUCCESS,
  fd_fdstat_set_rights: NOSYS,
  fd_filestat_get: SUCCESS,
  fd_filestat_set_size: INVAL,
  fd_filestat_set_times: PERM,
  fd_pread: SPIPE,
  fd_prestat_dir_name: BADF,
  fd_prestat_get: BADF,
  fd_pwrite: SPIPE,
  fd_read: BADF,
  fd_readdir: NOTDIR,
  fd_renumber: BADF,
  fd_seek: SPIPE,
  fd_sync: INVAL,
  fd_tell: SPIPE,
  fd_write: SUCCESS,
  path_create_directory: NOTDIR,
  path_filestat_get: NOTDIR,
  path_filestat_set_times: NOTDIR,
  path_link: NOTDIR,
  path_open: NOTDIR,
  path_readlink: NOTDIR,
  path_remove_directory: NOTDIR,
  path_rename: NOTDIR,
  path_symlink: BADF,
  path_unlink_file: NOTDIR,
  poll_oneoff: SUCCESS,
  proc_raise: NOSYS,
  random_get: SUCCESS,
  sched_yield: SUCCESS,
  sock_accept: NOTSOCK,
  sock_recv: NOTSOCK,
  sock_send: NOTSOCK,
  sock_shutdown: NOTSOCK,
} satisfies Record<Exclude<WasiFunction, "proc_exit">, number>;

const names = Object.keys(answersForStdout) as (keyof typeof answersForStdout)[];

/** Arguments of the right types: `first`, then `others`. */
function argumentsOf(name: WasiFunction, first: number, others: number): (number | bigint)[] {
  return WASI_SIGNATURES[name].params.map((type, index) => {
    const value = index === 0 ? first : others;
    return type === "i64" ? BigInt(value) : value;
  });
}

describe("every function", () => {
  test.each(names)("%s answers as decided", (name) => {
    expect(openGuest().wasi[name](...argumentsOf(name, 1, 8))).toBe(answersForStdout[name]);
  });

  const takingDescriptors = names.filter((name) => /^(fd|path|sock)_/.test(name));
  test.each(takingDescriptors)("%s answers EBADF for what is not open", (name) => {
    const { wasi } = openGuest();
    for (const fd of [3, 4, 1000, -1, -2_147_483_648]) {
      expect(wasi[name](...argumentsOf(name, fd, 8)), `fd ${fd}`).toBe(BADF);
    }
  });

  test("never throws and always answers an error number, whatever the arguments", () => {
    const numbers = [0, 1, 2, 3, 8, 1024, 65_528, 65_535, 65_536, 0x2000_0000, 0x7fff_ffff, -0x8000_0000, -1];
    const noise = new Uint8Array(65_536).map((_, index) => index * 31);
    const seen = new Set<number>();
    let pick = 0;
    for (const name of names) {
      // A fresh one each: another function may have closed the streams.
      const { wasi, memory } = openGuest();
      memory.write(0, noise);
      for (let round = 0; round < 2000; round++) {
        const args = WASI_SIGNATURES[name].params.map((type) => {
          pick = (Math.imul(pick, 1_664_525) + 1_013_904_223) >>> 0;
          const value = numbers[(pick >>> 16) % numbers.length] ?? 0;
          return type === "i64" ? BigInt(value) : value;
        });
        seen.add(wasi[name](...args));
      }
    }
    const allowed = [SUCCESS, BADF, FAULT, INVAL, NOSYS, NOTDIR, NOTSOCK, PERM, SPIPE];
    expect([...seen].filter((answer) => !allowed.includes(answer))).toEqual([]);
    expect(seen).toContain(FAULT);
  });
});

describe("pointers out of memory", () => {
  /** Calls with one pointer that leads out, and all others in bounds. The iovec at 8 names no bytes. */
  const calls: [WasiFunction, (number | bigint)[]][] = [
    ["args_sizes_get", [OUT_OF_MEMORY, 8]],
    ["args_sizes_get", [8, OUT_OF_MEMORY]],
    ["args_sizes_get", [OUT_OF_MEMORY - 3, 8]],
    ["environ_sizes_get", [-1, 8]],
    ["environ_sizes_get", [8, -1]],
    ["clock_res_get", [0, OUT_OF_MEMORY - 7]],
    ["clock_time_get", [1, 0n, -8]],
    ["fd_fdstat_get", [1, OUT_OF_MEMORY - 23]],
    ["fd_filestat_get", [1, OUT_OF_MEMORY - 63]],
    ["fd_read", [0, OUT_OF_MEMORY - 7, 1, 8]],
    ["fd_read", [0, 8, 1, OUT_OF_MEMORY - 3]],
    ["fd_read", [0, 65_528, 2, 8]],
    ["fd_write", [1, OUT_OF_MEMORY - 7, 1, 8]],
    ["fd_write", [1, 8, 1, OUT_OF_MEMORY - 3]],
    ["fd_write", [1, 65_528, 2, 8]],
    ["fd_write", [1, 0, 1024, -4]],
    ["poll_oneoff", [OUT_OF_MEMORY - 47, 8, 1, 8]],
    ["poll_oneoff", [8, OUT_OF_MEMORY - 31, 1, 8]],
    ["poll_oneoff", [8, 8, 1, OUT_OF_MEMORY - 3]],
    ["random_get", [OUT_OF_MEMORY - 7, 8]],
    ["random_get", [8, -1]],
    ["random_get", [-1, -1]],
  ];

  test.each(calls)("%s(%s) answers EFAULT", (name, args) => {
    expect(openGuest().wasi[name](...args)).toBe(FAULT);
  });

  test("the last bytes of memory are still inside", () => {
    const { wasi } = openGuest();
    expect(wasi.fd_write(1, OUT_OF_MEMORY - 8, 1, OUT_OF_MEMORY - 4)).toBe(SUCCESS);
    expect(wasi.clock_time_get(0, 0n, OUT_OF_MEMORY - 8)).toBe(SUCCESS);
    expect(wasi.fd_fdstat_get(1, OUT_OF_MEMORY - 24)).toBe(SUCCESS);
    expect(wasi.fd_filestat_get(1, OUT_OF_MEMORY - 64)).toBe(SUCCESS);
    expect(wasi.random_get(OUT_OF_MEMORY - 8, 8)).toBe(SUCCESS);
    expect(wasi.random_get(OUT_OF_MEMORY, 0)).toBe(SUCCESS);
  });

  test("every pointer is out of bounds before the memory is known", () => {
    const { wasi } = openGuest({ memory: () => undefined });
    for (const [name, args] of calls) expect(wasi[name](...args), name).toBe(FAULT);
    expect(wasi.fd_write(1, 8, 1, 8)).toBe(FAULT);
    expect(wasi.sched_yield()).toBe(SUCCESS);
  });
});

describe("what a guest finds", () => {
  test("no arguments and no environment", () => {
    const { wasi, memory } = openGuest();
    for (const name of ["args_sizes_get", "environ_sizes_get"] as const) {
      memory.writeUint64(16, 0xffff_ffff_ffff_ffffn);
      expect(wasi[name](16, 20)).toBe(SUCCESS);
      expect([memory.readUint32(16), memory.readUint32(20)]).toEqual([0, 0]);
    }
  });

  test("streams that look like terminals", () => {
    const { wasi, memory } = openGuest();
    const rightsOf = (fd: number) => {
      memory.write(64, new Uint8Array(24).fill(0xff));
      expect(wasi.fd_fdstat_get(fd, 64)).toBe(SUCCESS);
      const [fdstat, view] = [memory.read(64, 24), new DataView(memory.read(64, 24).buffer)];
      expect([fdstat[0], view.getUint16(2, true), view.getBigUint64(16, true)]).toEqual([2, 0, 0n]);
      return view.getBigUint64(8, true);
    };
    const [read, write, seekOrTell] = [1n << 1n, 1n << 6n, (1n << 2n) | (1n << 5n)];
    expect(rightsOf(0) & (read | write | seekOrTell)).toBe(read);
    expect(rightsOf(1) & (read | write | seekOrTell)).toBe(write);
    expect(rightsOf(2) & (read | write | seekOrTell)).toBe(write);
  });

  test("streams without owner, size or times", () => {
    const { wasi, memory } = openGuest();
    memory.write(64, new Uint8Array(64).fill(0xff));
    expect(wasi.fd_filestat_get(0, 64)).toBe(SUCCESS);
    expect(memory.read(64, 64)).toEqual(new Uint8Array(64).fill(2, 16, 17));
  });

  test("flags that it set", () => {
    const { wasi, memory } = openGuest();
    expect(wasi.fd_fdstat_set_flags(1, 0b100)).toBe(SUCCESS);
    expect(wasi.fd_fdstat_get(1, 64)).toBe(SUCCESS);
    expect(memory.read(66, 2)).toEqual(Uint8Array.of(0b100, 0));
    expect(wasi.fd_fdstat_set_flags(1, 0b100000)).toBe(INVAL);
  });

  test("no directory where path_symlink looks for it", () => {
    const { wasi } = openGuest();
    expect(wasi.path_symlink(0, 0, 2, 0, 0)).toBe(NOTDIR);
    expect(wasi.path_symlink(2, 0, 3, 0, 0)).toBe(BADF);
  });
});

describe("closing and moving streams", () => {
  test("a closed stream is not open any more, in this instance", () => {
    const { wasi } = openGuest();
    expect(wasi.fd_close(1)).toBe(SUCCESS);
    expect(wasi.fd_close(1)).toBe(BADF);
    expect(wasi.fd_write(1, 8, 1, 8)).toBe(BADF);
    expect(wasi.fd_seek(1, 0n, 0, 8)).toBe(BADF);
    expect(wasi.fd_write(2, 8, 1, 8)).toBe(SUCCESS);
    expect(openGuest().wasi.fd_write(1, 8, 1, 8)).toBe(SUCCESS);
  });

  test("fd_renumber puts one stream in the place of another", () => {
    const { wasi } = openGuest();
    expect(wasi.fd_renumber(1, 3)).toBe(BADF);
    expect(wasi.fd_renumber(3, 1)).toBe(BADF);
    expect(wasi.fd_renumber(1, 1)).toBe(SUCCESS);
    expect(wasi.fd_renumber(0, 1)).toBe(SUCCESS);
    expect(wasi.fd_read(1, 8, 1, 8)).toBe(SUCCESS);
    expect(wasi.fd_write(1, 8, 1, 8)).toBe(BADF);
    expect(wasi.fd_read(0, 8, 1, 8)).toBe(BADF);
  });
});

test("proc_exit hands the code over as an unsigned number, and what exit throws gets through", () => {
  const { wasi } = openGuest();
  for (const [code, expected] of [
    [0, 0],
    [7, 7],
    [-1, 4_294_967_295],
  ] as const) {
    expect(() => wasi.proc_exit(code)).toThrow(new Exit(expected) as never);
  }
});

test("nothing is named that is not a function of preview 1", () => {
  expect(Object.keys(openGuest().wasi).toSorted()).toEqual(wasiFunctions.toSorted());
});
