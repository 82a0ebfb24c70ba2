/** Owner names: GitHub's, with the underscore of managed users, 1 to 39 characters. */
const OWNER = /^[A-Za-z0-9_-]{1,39}$/;

/** Repository names, 1 to 100 characters. */
const REPOSITORY = /^[A-Za-z0-9._-]{1,100}$/;

/**
 * What is wrong with `scope` as `owner/*`, `owner/prefix*` or `owner/repository` in GitHub's own name grammar, dots and
 * capitals included; undefined when nothing is.
 */
export function repoScopeProblem(scope: string): string | undefined {
  const [owner = "", repository, ...rest] = scope.split("/");
  if (repository === undefined || rest.length > 0) return 'must be of the form "owner/repository"';
  if (!OWNER.test(owner)) {
    return "must begin with an owner of 1 to 39 letters, digits, hyphens and underscores";
  }
  if (repository === "*") return undefined;
  const name = repository.endsWith("*") ? repository.slice(0, -1) : repository;
  const reserved = name === repository && (name === "." || name === "..");
  if (REPOSITORY.test(name) && !reserved) return undefined;
  return (
    "must end with a repository name of 1 to 100 letters, digits, dots, hyphens and underscores, " +
    'the beginning of one and "*", or "*" alone'
  );
}
