/** The error numbers of WASI preview 1 that a guest with files can meet. */
export const fileErrno = {
  SUCCESS: 0,
  /** The descriptor is not open, or not for this. */
  BADF: 8,
  BUSY: 16,
  EXIST: 20,
  /** A pointer leads out of the guest's memory. */
  FAULT: 21,
  /** Not UTF-8. */
  ILSEQ: 25,
  INVAL: 28,
  ISDIR: 31,
  /** Too many open descriptors. */
  MFILE: 33,
  NAMETOOLONG: 37,
  NOENT: 44,
  NOSPC: 51,
  NOTDIR: 54,
  NOTEMPTY: 55,
  NOTSUP: 58,
  /** Read-only. */
  ROFS: 69,
  /** A path leads out of the file system. */
  NOTCAPABLE: 76,
} as const;
