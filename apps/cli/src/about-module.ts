import { GuardError } from "@guardhost/core";
import { displayName } from "./input-files.js";

/**
 * What `use` makes of the module in the file `path`. What it finds wrong with the module is told with the name of the file.
 *
 * @throws GuardError as `use` does
 */
export async function aboutModule<T>(path: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (!GuardError.is(error, "INVALID_MODULE")) throw error;
    const { code, message, cause } = error;
    throw new GuardError(code, `${displayName(path)}: ${message}`, { cause });
  }
}
