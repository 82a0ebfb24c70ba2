/** WASI preview 1 as the guard has it: sealed, by the same rules as the sealed WASI of `@guardhost/engine`. */
export {
  clock_res_get as wasi_snapshot_preview1$clock_res_get,
  clock_time_get as wasi_snapshot_preview1$clock_time_get,
} from "./clocks";
export {
  fd_close as wasi_snapshot_preview1$fd_close,
  fd_renumber as wasi_snapshot_preview1$fd_renumber,
  fd_fdstat_set_flags as wasi_snapshot_preview1$fd_fdstat_set_flags,
  fd_fdstat_get as wasi_snapshot_preview1$fd_fdstat_get,
  fd_filestat_get as wasi_snapshot_preview1$fd_filestat_get,
} from "./descriptors";
export {
  poll_oneoff as wasi_snapshot_preview1$poll_oneoff,
} from "./poll";
export {
  proc_exit as wasi_snapshot_preview1$proc_exit,
  proc_raise as wasi_snapshot_preview1$proc_raise,
  sched_yield as wasi_snapshot_preview1$sched_yield,
} from "./process";
export {
  random_get as wasi_snapshot_preview1$random_get,
} from "./random";
export {
  fd_read as wasi_snapshot_preview1$fd_read,
  fd_write as wasi_snapshot_preview1$fd_write,
} from "./stdio";
export {
  args_get as wasi_snapshot_preview1$args_get,
  args_sizes_get as wasi_snapshot_preview1$args_sizes_get,
  environ_get as wasi_snapshot_preview1$environ_get,
  environ_sizes_get as wasi_snapshot_preview1$environ_sizes_get,
} from "./strings";
export {
  fd_prestat_dir_name as wasi_snapshot_preview1$fd_prestat_dir_name,
  fd_prestat_get as wasi_snapshot_preview1$fd_prestat_get,
  fd_advise as wasi_snapshot_preview1$fd_advise,
  fd_allocate as wasi_snapshot_preview1$fd_allocate,
  fd_datasync as wasi_snapshot_preview1$fd_datasync,
  fd_fdstat_set_rights as wasi_snapshot_preview1$fd_fdstat_set_rights,
  fd_filestat_set_size as wasi_snapshot_preview1$fd_filestat_set_size,
  fd_filestat_set_times as wasi_snapshot_preview1$fd_filestat_set_times,
  fd_pread as wasi_snapshot_preview1$fd_pread,
  fd_pwrite as wasi_snapshot_preview1$fd_pwrite,
  fd_readdir as wasi_snapshot_preview1$fd_readdir,
  fd_seek as wasi_snapshot_preview1$fd_seek,
  fd_sync as wasi_snapshot_preview1$fd_sync,
  fd_tell as wasi_snapshot_preview1$fd_tell,
  path_create_directory as wasi_snapshot_preview1$path_create_directory,
  path_filestat_get as wasi_snapshot_preview1$path_filestat_get,
  path_filestat_set_times as wasi_snapshot_preview1$path_filestat_set_times,
  path_link as wasi_snapshot_preview1$path_link,
  path_open as wasi_snapshot_preview1$path_open,
  path_readlink as wasi_snapshot_preview1$path_readlink,
  path_remove_directory as wasi_snapshot_preview1$path_remove_directory,
  path_rename as wasi_snapshot_preview1$path_rename,
  path_symlink as wasi_snapshot_preview1$path_symlink,
  path_unlink_file as wasi_snapshot_preview1$path_unlink_file,
  sock_accept as wasi_snapshot_preview1$sock_accept,
  sock_recv as wasi_snapshot_preview1$sock_recv,
  sock_send as wasi_snapshot_preview1$sock_send,
  sock_shutdown as wasi_snapshot_preview1$sock_shutdown,
} from "./without-files";
