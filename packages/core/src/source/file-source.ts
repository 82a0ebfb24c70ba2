import { GuardError } from "../error.js";

/** Where there is no file system. */
export async function readFileUrl(url: URL, _maxBytes: number): Promise<Uint8Array> {
  throw new GuardError(
    "INVALID_MODULE",
    `${url.href} cannot be read: this runtime has no file system; pass the bytes`,
  );
}
