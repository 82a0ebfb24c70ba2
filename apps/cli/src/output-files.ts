import { fstatSync, type Stats } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { fileProblem } from "./file-problem.js";
import { displayName, STANDARD_STREAM } from "./input-files.js";
import { replaceFile } from "./replace-file.js";
import type { OutputStream, StandardStreams } from "./terminal/standard-streams.js";
import { writeOutput } from "./terminal/write-output.js";
import { UserError } from "./user-error.js";

/**
 * Writes a file, or standard output when its name is {@link STANDARD_STREAM} or leads there. A regular file is replaced as a whole, or
 * stays as it was.
 *
 * @returns where there is room for words about it: standard output beside a regular file, else standard error, because bytes that
 *   go elsewhere may be on their way through the same pipe
 * @throws UserError when it cannot be written
 */
export async function writeBytes(
  path: string,
  bytes: Uint8Array,
  { stdout, stderr }: StandardStreams,
): Promise<OutputStream> {
  try {
    const former = path === STANDARD_STREAM ? undefined : await statOf(path);
    if (path === STANDARD_STREAM || isOpenAs(stdout, former)) {
      await writeOutput(stdout, bytes);
      return stderr;
    }
    if (former === undefined || former.isFile()) {
      await replaceFile(path, bytes, former);
      return stdout;
    }
    await writeFile(path, bytes);
    return stderr;
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`${displayName(path)} cannot be written: ${fileProblem(cause, "directory")}`, {
      cause,
    });
  }
}

/**
 * Makes sure that writing the file `path` does not overwrite `input`, whatever links lead there. Terminals and the like are no file
 * that could be lost.
 *
 * @throws UserError when it would
 */
export async function assertOtherFile(path: string, input: string): Promise<void> {
  if (path === STANDARD_STREAM) return;
  const [output, original] = await Promise.all(
    // What standard input was opened from, it has a name for.
    [path, input === STANDARD_STREAM ? "/dev/stdin" : input].map((name) =>
      statOf(name).catch(() => undefined),
    ),
  );
  if (output === undefined || original === undefined || !output.isFile() || !isSame(output, original)) return;
  throw new UserError(
    `${displayName(path)} is the file that is read, and would be lost; name another one to be written`,
  );
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whether the stream writes to that file, as /dev/stdout says, and a shell that was given the name as well. */
function isOpenAs({ fd }: OutputStream, file: Stats | undefined): boolean {
  if (fd === undefined || file === undefined) return false;
  return isSame(file, fstatSync(fd));
}

function isSame(left: Stats, right: Stats): boolean {
  return left.dev === right.dev && left.ino === right.ino;
}
