import type { GuardLimits } from "../engine.js";
import { GuardError } from "../error.js";

/** The error for an input beyond the limit. The guest has not been entered. */
export function inputTooLarge(bytes: number, limits: GuardLimits): GuardError {
  return new GuardError(
    "INPUT_TOO_LARGE",
    `the input has ${bytes} bytes, the limit is ${limits.maxInputBytes} (limits.maxInputBytes)`,
  );
}
