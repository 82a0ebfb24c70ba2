/** An owner, or a repository of one, or all that begin alike, in GitHub's own name grammar (W45). */
const SCOPE = /^[A-Za-z0-9_-]{1,39}(?:\/(?:\*|(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}\*?))?$/;

/** Whether `text` is `owner`, `owner/*`, `owner/prefix*` or `owner/repository`. */
export function isScope(text: string): boolean {
  return SCOPE.test(text);
}
