import { GuardError } from "../error.js";

/** The error for a module beyond the limit, before it is looked at. */
export function moduleTooLarge(bytes: number, maxBytes: number): GuardError {
  return new GuardError(
    "INVALID_MODULE",
    `the module has ${bytes} bytes or more, above the ${maxBytes} that are read with this limits.maxModuleBytes`,
  );
}
