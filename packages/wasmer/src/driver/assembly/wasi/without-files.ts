/** Functions that have one answer for streams, and EBADF for what is not open: there are no files, directories or sockets. */

import { ifOpen } from "./descriptors";
import { BADF, INVAL, NOSYS, NOTDIR, NOTSOCK, PERM, SPIPE } from "./errno";

export function fd_prestat_dir_name(_descriptor: u32, _path: u32, _bytes: u32): u32 {
  return BADF;
}

/** wasi-libc asks from descriptor 3 up, and gives up at start on any other answer. */
export function fd_prestat_get(_descriptor: u32, _result: u32): u32 {
  return BADF;
}

export function fd_advise(descriptor: u32, _1: u64, _2: u64, _3: u32): u32 {
  return ifOpen(descriptor, SPIPE);
}

export function fd_allocate(descriptor: u32, _1: u64, _2: u64): u32 {
  return ifOpen(descriptor, SPIPE);
}

export function fd_datasync(descriptor: u32): u32 {
  return ifOpen(descriptor, INVAL);
}

export function fd_fdstat_set_rights(descriptor: u32, _1: u64, _2: u64): u32 {
  return ifOpen(descriptor, NOSYS);
}

export function fd_filestat_set_size(descriptor: u32, _1: u64): u32 {
  return ifOpen(descriptor, INVAL);
}

export function fd_filestat_set_times(descriptor: u32, _1: u64, _2: u64, _3: u32): u32 {
  return ifOpen(descriptor, PERM);
}

export function fd_pread(descriptor: u32, _1: u32, _2: u32, _3: u64, _4: u32): u32 {
  return ifOpen(descriptor, SPIPE);
}

export function fd_pwrite(descriptor: u32, _1: u32, _2: u32, _3: u64, _4: u32): u32 {
  return ifOpen(descriptor, SPIPE);
}

export function fd_readdir(descriptor: u32, _1: u32, _2: u32, _3: u64, _4: u32): u32 {
  return ifOpen(descriptor, NOTDIR);
}

export function fd_seek(descriptor: u32, _1: u64, _2: u32, _3: u32): u32 {
  return ifOpen(descriptor, SPIPE);
}

export function fd_sync(descriptor: u32): u32 {
  return ifOpen(descriptor, INVAL);
}

export function fd_tell(descriptor: u32, _1: u32): u32 {
  return ifOpen(descriptor, SPIPE);
}

export function path_create_directory(descriptor: u32, _1: u32, _2: u32): u32 {
  return ifOpen(descriptor, NOTDIR);
}

export function path_filestat_get(descriptor: u32, _1: u32, _2: u32, _3: u32, _4: u32): u32 {
  return ifOpen(descriptor, NOTDIR);
}

export function path_filestat_set_times(
  descriptor: u32, _1: u32, _2: u32, _3: u32, _4: u64, _5: u64, _6: u32,
): u32 {
  return ifOpen(descriptor, NOTDIR);
}

export function path_link(descriptor: u32, _1: u32, _2: u32, _3: u32, _4: u32, _5: u32, _6: u32): u32 {
  return ifOpen(descriptor, NOTDIR);
}

export function path_open(
  descriptor: u32, _1: u32, _2: u32, _3: u32, _4: u32, _5: u64, _6: u64, _7: u32, _8: u32,
): u32 {
  return ifOpen(descriptor, NOTDIR);
}

export function path_readlink(descriptor: u32, _1: u32, _2: u32, _3: u32, _4: u32, _5: u32): u32 {
  return ifOpen(descriptor, NOTDIR);
}

export function path_remove_directory(descriptor: u32, _1: u32, _2: u32): u32 {
  return ifOpen(descriptor, NOTDIR);
}

export function path_rename(descriptor: u32, _1: u32, _2: u32, _3: u32, _4: u32, _5: u32): u32 {
  return ifOpen(descriptor, NOTDIR);
}

export function path_symlink(_0: u32, _1: u32, descriptor: u32, _3: u32, _4: u32): u32 {
  return ifOpen(descriptor, NOTDIR);
}

export function path_unlink_file(descriptor: u32, _1: u32, _2: u32): u32 {
  return ifOpen(descriptor, NOTDIR);
}

export function sock_accept(descriptor: u32, _1: u32, _2: u32): u32 {
  return ifOpen(descriptor, NOTSOCK);
}

export function sock_recv(descriptor: u32, _1: u32, _2: u32, _3: u32, _4: u32, _5: u32): u32 {
  return ifOpen(descriptor, NOTSOCK);
}

export function sock_send(descriptor: u32, _1: u32, _2: u32, _3: u32, _4: u32): u32 {
  return ifOpen(descriptor, NOTSOCK);
}

export function sock_shutdown(descriptor: u32, _1: u32): u32 {
  return ifOpen(descriptor, NOTSOCK);
}
