import { writeFile } from "node:fs/promises";
import { displayName } from "./input-files.js";
import { UserError } from "./user-error.js";

/** Writes a file. Throws a UserError when that fails. */
export async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (cause) {
    throw new UserError(`${displayName(path)} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
