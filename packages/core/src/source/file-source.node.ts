import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { GuardError } from "../error.js";
import { moduleTooLarge } from "./module-too-large.js";

/** Opening a pipe would wait for its writer otherwise, in a thread that nothing can stop. Windows has no such flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Reads a file of at most `maxBytes`. Throws a GuardError `INVALID_MODULE`. */
export async function readFileUrl(url: URL, maxBytes: number): Promise<Uint8Array> {
  try {
    const file = await open(url, FLAGS);
    try {
      const stat = await file.stat();
      // A device or a pipe need not end.
      if (!stat.isFile()) throw new GuardError("INVALID_MODULE", `${url.href} is not a regular file`);
      if (stat.size > maxBytes) throw moduleTooLarge(stat.size, maxBytes);
      const bytes = new Uint8Array(await file.readFile());
      // It may have grown since, and files of /proc do not tell their size.
      if (bytes.length > maxBytes) throw moduleTooLarge(bytes.length, maxBytes);
      return bytes;
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (GuardError.is(cause)) throw cause;
    throw new GuardError("INVALID_MODULE", `the module could not be read from ${url.href}`, { cause });
  }
}
