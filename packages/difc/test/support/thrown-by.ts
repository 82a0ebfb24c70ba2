import { DifcError } from "../../src/error.js";

/** The DifcError that `action` throws. Fails for any other outcome. */
export function errorOf(action: () => unknown): DifcError {
  try {
    action();
  } catch (error) {
    if (DifcError.is(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
