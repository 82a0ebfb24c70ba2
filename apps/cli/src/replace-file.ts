import { constants, type Stats } from "node:fs";
import { access, chmod, chown, readlink, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/**
 * Writes a regular file at once: nobody finds a part of it, and what was there stays when that fails. Symbolic links stay as well, and
 * so do the owner and the mode of a file that was there. Rejects with what Node says.
 *
 * @param former the file that was there, if there was one
 */
export async function replaceFile(path: string, bytes: Uint8Array, former: Stats | undefined): Promise<void> {
  const target = await (former === undefined ? targetOf(path) : realpath(path));
  // Renaming asks only whether the directory can be written.
  if (former !== undefined) await access(target, constants.W_OK);
  const temporary = join(dirname(target), `.guardhost-${crypto.randomUUID()}`);
  try {
    await writeFile(temporary, bytes, { flag: "wx", flush: true });
    if (former !== undefined) await takeAfter(temporary, former);
    await rename(temporary, target);
  } catch (error) {
    // What went wrong first says more.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Gives a file the owner and the mode of another. Only root can give files away; whoever else writes becomes the owner. */
async function takeAfter(path: string, { uid, gid, mode }: Stats): Promise<void> {
  await chown(path, uid, gid).catch(() => undefined);
  await chmod(path, mode);
}

/** Where a file is made that is not there: where the links of its name lead. */
async function targetOf(path: string): Promise<string> {
  const link = await readlink(path).catch(() => undefined);
  return link === undefined ? path : targetOf(resolve(await realpath(dirname(path)), link));
}
