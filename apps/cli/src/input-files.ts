import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { fileProblem } from "./file-problem.js";
import { repeatedKey } from "./repeated-key.js";
import { UserError } from "./user-error.js";

/** The name under which a command reads standard input, and writes standard output. */
export const STANDARD_STREAM = "-";

/** 64 MiB: far more than any file of ours needs, far less than what hurts. */
const MAX_FILE_BYTES = 67_108_864;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads all of a file, or of `stdin` when its name is {@link STANDARD_STREAM}. Pipes and devices are read as well, up to the
 * limit of 64 MiB.
 *
 * @throws UserError when it cannot be read, or is larger
 */
export async function readBytes(path: string, stdin: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of path === STANDARD_STREAM ? stdin : createReadStream(path)) {
      chunks.push(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
      if (length > MAX_FILE_BYTES)
        throw new UserError(`${displayName(path)} has more than ${MAX_FILE_BYTES} bytes`);
    }
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`${displayName(path)} cannot be read: ${fileProblem(cause, "file")}`, { cause });
  }
  return Buffer.concat(chunks, length);
}

/**
 * Reads a file of JSON in UTF-8, as {@link readBytes} does.
 *
 * @throws UserError when it cannot be read, is empty or something else, and when an object in it has a key twice
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
  const value = parseJson(text, path);
  const twice = repeatedKey(text);
  if (twice === undefined) return value;
  throw new UserError(
    `${displayName(path)} has the key ${JSON.stringify(twice)} twice in one object, of which readers see different things; ` +
      "leave one of them",
  );
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${displayName(path)} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** How messages call the file, on one line. `stream` is what {@link STANDARD_STREAM} stands for. */
export function displayName(path: string, stream = "standard input"): string {
  if (path === STANDARD_STREAM) return stream;
  return path === "" ? "a file without a name" : path.replaceAll("\n", "\\n");
}
