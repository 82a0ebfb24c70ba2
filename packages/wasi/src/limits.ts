/** Bytes of arguments and environment, with 5 more for each string: what one call of the shim hands over. */
export const MAX_STRING_BYTES = 65_536;

/** 16 MiB: bytes of all files that each instance gets a copy of. The shim has one memory for all instances of a process. */
export const MAX_FILE_BYTES = 16_777_216;

/**
 * Files and directories that each instance begins with. All of them in one directory take some 200 ms to be made, which
 * nothing interrupts.
 */
export const MAX_GIVEN = 4096;

/**
 * 4 MiB: bytes of what is writable in an instance. Also what has to be copied when one byte in the middle of a file is
 * written, which takes some 10 ms that nothing interrupts.
 */
export const MAX_WRITTEN_BYTES = 4_194_304;

/** Bytes that a file or directory counts for, beside its content and its path, which the shim keeps as a whole. */
export const NODE_BYTES = 512;

/** Files and directories that are made or moved in the life of an instance. */
export const MAX_CREATED = 65_536;

/** Bytes that the shim keeps of each of them, also when it is gone. */
export const CREATION_BYTES = 256;

/** Descriptors of files and directories that are open at a time. */
export const MAX_OPEN = 128;

/** Bytes that one call reads or writes; a guest goes on with the next, and can be interrupted in between. */
export const MAX_TRANSFER_BYTES = 65_536;
