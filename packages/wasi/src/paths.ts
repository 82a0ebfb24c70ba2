import { fileErrno } from "./file-errno.js";

/** Bytes of a path, as POSIX systems have it. */
export const MAX_PATH_BYTES = 4096;

const MAX_NAME_BYTES = 255;

/** Names in a path. The shim walks over them recursively. */
const MAX_DEPTH = 64;

const encoder = new TextEncoder();

/**
 * A path as the names that lead to it from the root, joined with slashes; "" is the root. There are no links, so names
 * say all. Or the error number that tells why there is none.
 *
 * @param base the resolved path of the directory that `path` is relative to, if it does not begin with a slash
 */
export function resolvePath(base: string, path: string): string | number {
  if (path === "") return fileErrno.NOENT;
  if (path.includes("\0")) return fileErrno.INVAL;
  const names = path.startsWith("/") || base === "" ? [] : base.split("/");
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.pop() === undefined) return fileErrno.NOTCAPABLE;
  }
  const resolved = names.join("/");
  const isTooLong =
    names.length > MAX_DEPTH ||
    encoder.encode(resolved).length > MAX_PATH_BYTES ||
    names.some((name) => encoder.encode(name).length > MAX_NAME_BYTES);
  return isTooLong ? fileErrno.NAMETOOLONG : resolved;
}

/** The directory that a resolved path lies in. The root lies in itself. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** All directories that a resolved path lies in, but for the root; the outermost first. */
export function parentsOf(path: string): string[] {
  const parent = parentOf(path);
  return parent === "" ? [] : [...parentsOf(parent), parent];
}

/** Whether `path` is `root` or lies in it; both are resolved. */
export function isInside(path: string, root: string): boolean {
  return root === "" || path === root || path.startsWith(`${root}/`);
}
