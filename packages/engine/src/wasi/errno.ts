/** The error numbers of WASI preview 1 that a sealed guest can meet. */
export const errno = {
  SUCCESS: 0,
  /** The descriptor is not open, or not for this. */
  BADF: 8,
  /** A pointer leads out of the guest's memory. */
  FAULT: 21,
  INVAL: 28,
  NOSYS: 52,
  NOTDIR: 54,
  NOTSOCK: 57,
  PERM: 63,
  /** A stream has no position. */
  SPIPE: 70,
} as const;

/** One of {@link errno}. */
export type Errno = (typeof errno)[keyof typeof errno];
