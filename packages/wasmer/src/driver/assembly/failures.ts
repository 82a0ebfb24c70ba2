/** Why a call has no answer, as the host is told it, which words it. */

import { send, ToHost } from "./frames";

export const enum Failure {
  /** The guard's own code. */
  GUEST_ERROR = 1,
  /** Bytes, and which buffer. */
  OUT_OF_MEMORY = 2,
  /** Pages that there were, and that were wanted. */
  NO_PAGES = 3,
  /** The size that the guard asked for, that of the buffer, and the number of attempts. */
  OUTPUT_TOO_LARGE = 4,
  /** A pointer, bytes, and which buffer. */
  BUFFER_BEYOND_MEMORY = 5,
  /** Both pointers. */
  OVERLAPPING_BUFFERS = 6,
  /** What the guard says it wrote, and the size of the buffer. */
  ANSWER_BEYOND_BUFFER = 7,
}

/** Ends the call. Always false. */
export function fail(failure: Failure, a: u32, b: u32, c: u32): bool {
  send(ToHost.FAILED, 0, failure, a, b, c, 0, 0);
  return false;
}
