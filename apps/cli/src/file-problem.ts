const PROBLEMS: Readonly<Record<string, string>> = {
  EISDIR: "it is a directory",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "its file system is read-only",
  ELOOP: "its symbolic links lead in a circle",
  ENAMETOOLONG: "its name is too long",
  EBUSY: "it is in use, as a file that is mounted is; name one beside it, and copy that",
};

/** What is wrong with a file, from what Node says of it. `missing` is what is not there when there is no such thing. */
export function fileProblem(error: unknown, missing: "file" | "directory"): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return `there is no such ${missing}`;
  return PROBLEMS[code] ?? message;
}
