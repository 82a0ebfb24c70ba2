/** What host and guard agree on besides the names of the exports. */

/** The answer does not fit; the first four bytes of the output buffer hold the size that would do. */
export const BUFFER_TOO_SMALL: i32 = -2;

/** The guard's own answers below zero. The host shows the number, the log says what it means in detail. */
export const enum Failure {
  NONE = 0,
  /** The input is not the JSON document that the ABI promises. */
  INPUT = -3,
  /** The policy is not acceptable. The policy in force, if any, stays. */
  POLICY = -4,
  /** `label_agent` has not succeeded yet. */
  NO_POLICY = -5,
  /** A path that cannot be judged, or none where the tool needs one. */
  PATH = -6,
  /** The backend did not tell its allowed directories. */
  BACKEND = -7,
  /** No memory left. */
  MEMORY = -8,
}

/** Level of `host_log` for what makes a call fail. The guard logs nothing else. */
const LOG_ERROR: i32 = 3;

// @ts-ignore: decorator
@external("env", "host_log")
declare function host_log(level: i32, message: usize, length: i32): void;

// @ts-ignore: decorator
@external("env", "call_backend")
declare function call_backend(
  name: usize, nameLength: i32, args: usize, argsLength: i32, result: usize, capacity: i32,
): i32;

/** Logs at error level. */
export function logError(message: usize, length: i32): void {
  host_log(LOG_ERROR, message, length);
}

/** Calls a tool of the backend. Answers the length of its result, {@link BUFFER_TOO_SMALL}, or another negative. */
export function callBackend(
  name: usize, nameLength: i32, args: usize, argsLength: i32, result: usize, capacity: i32,
): i32 {
  return call_backend(name, nameLength, args, argsLength, result, capacity);
}
