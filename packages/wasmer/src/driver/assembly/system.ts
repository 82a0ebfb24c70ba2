/** What the driver itself asks of the sandbox. The guard reaches none of it: its own WASI is in `wasi/`. */

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_read")
export declare function fd_read(descriptor: u32, vectors: u32, count: u32, read: u32): u32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write")
export declare function fd_write(descriptor: u32, vectors: u32, count: u32, written: u32): u32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "clock_time_get")
export declare function clock_time_get(clock: u32, precision: u64, time: u32): u32;

/** Descriptors of the two streams that carry frames. */
export const STDIN: u32 = 0;
export const STDOUT: u32 = 1;

/** A clock that never goes back. */
export const MONOTONIC: u32 = 1;

/** Errors after which the same call may succeed. */
export const EAGAIN: u32 = 6;
export const EINTR: u32 = 27;
