import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { UserError } from "./user-error.js";

/** The name under which a command reads standard input. */
export const STDIN = "-";

/** 64 MiB: far more than any file of ours needs, far less than what hurts. */
const MAX_FILE_BYTES = 67_108_864;

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a directory",
  EACCES: "permission denied",
  EPERM: "permission denied",
};

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads all of a file, or of `stdin` when its name is {@link STDIN}. Pipes and devices are read as well, up to the
 * limit of 64 MiB.
 *
 * @throws UserError when it cannot be read, or is larger
 */
export async function readBytes(path: string, stdin: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of path === STDIN ? stdin : createReadStream(path)) {
      chunks.push(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
      if (length > MAX_FILE_BYTES)
        throw new UserError(`${displayName(path)} has more than ${MAX_FILE_BYTES} bytes`);
    }
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const { code = "", message } = cause as NodeJS.ErrnoException;
    throw new UserError(`${displayName(path)} cannot be read: ${PROBLEMS[code] ?? message}`, { cause });
  }
  return Buffer.concat(chunks, length);
}

/**
 * Reads a file of JSON in UTF-8, as {@link readBytes} does.
 *
 * @throws UserError when it cannot be read, is empty or something else
 */
export async function readJson(path: string, stdin: Readable): Promise<unknown> {
  const bytes = await readBytes(path, stdin);
  if (bytes.length === 0) throw new UserError(`${displayName(path)} is empty`);
  let text: string;
  try {
    text = strictUtf8.decode(bytes);
  } catch (cause) {
    throw new UserError(`${displayName(path)} is not JSON: it is not UTF-8 text`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${displayName(path)} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** How messages call the file, on one line. */
export function displayName(path: string): string {
  return path === STDIN ? "standard input" : path.replaceAll("\n", "\\n");
}
