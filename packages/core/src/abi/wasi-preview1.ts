import { deepFreeze } from "../deep-freeze.js";
import type { FunctionSignature } from "../module/module-description.js";

/**
 * Parameters of every function of WASI preview 1: `i` is an i32 (pointers, lengths, descriptors, flags), `I` an i64
 * (file offsets and sizes, times, rights).
 */
const PARAMETERS = {
  args_get: "ii",
  args_sizes_get: "ii",
  clock_res_get: "ii",
  clock_time_get: "iIi",
  environ_get: "ii",
  environ_sizes_get: "ii",
  fd_advise: "iIIi",
  fd_allocate: "iII",
  fd_close: "i",
  fd_datasync: "i",
  fd_fdstat_get: "ii",
  fd_fdstat_set_flags: "ii",
  fd_fdstat_set_rights: "iII",
  fd_filestat_get: "ii",
  fd_filestat_set_size: "iI",
  fd_filestat_set_times: "iIIi",
  fd_pread: "iiiIi",
  fd_prestat_dir_name: "iii",
  fd_prestat_get: "ii",
  fd_pwrite: "iiiIi",
  fd_read: "iiii",
  fd_readdir: "iiiIi",
  fd_renumber: "ii",
  fd_seek: "iIii",
  fd_sync: "i",
  fd_tell: "ii",
  fd_write: "iiii",
  path_create_directory: "iii",
  path_filestat_get: "iiiii",
  path_filestat_set_times: "iiiiIIi",
  path_link: "iiiiiii",
  path_open: "iiiiiIIii",
  path_readlink: "iiiiii",
  path_remove_directory: "iii",
  path_rename: "iiiiii",
  path_symlink: "iiiii",
  path_unlink_file: "iii",
  poll_oneoff: "iiii",
  proc_exit: "i",
  proc_raise: "i",
  random_get: "ii",
  sched_yield: "",
  sock_accept: "iii",
  sock_recv: "iiiiii",
  sock_send: "iiiii",
  sock_shutdown: "ii",
} as const;

/** Names of the 46 functions of WASI preview 1. */
export type WasiFunction = keyof typeof PARAMETERS;

type ParameterTypes<Letters extends string> = Letters extends `i${infer Rest}`
  ? readonly ["i32", ...ParameterTypes<Rest>]
  : Letters extends `I${infer Rest}`
    ? readonly ["i64", ...ParameterTypes<Rest>]
    : readonly [];

/**
 * Signatures of the functions of WASI preview 1. All but `proc_exit`, which does not return, answer an error number.
 *
 * The type is exact, so that an implementation's parameters can be derived from it. Look up names that come out of a
 * module only after `Object.hasOwn`.
 */
export const WASI_SIGNATURES: {
  readonly [Name in WasiFunction]: {
    readonly params: ParameterTypes<(typeof PARAMETERS)[Name]>;
    readonly results: FunctionSignature["results"];
  };
} = deepFreeze(
  Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, letters]) => [
      name,
      {
        params: Array.from(letters, (letter) => (letter === "i" ? "i32" : "i64")),
        results: name === "proc_exit" ? [] : ["i32"],
      },
    ]),
  ),
) as never;
