import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { repoScopeProblem } from "../../src/policy/repo-scope.js";

const accepted = [
  "o/*",
  "o/r",
  "o/r*",
  "octo-org/hello_world",
  "enterprise_user/x",
  "1/1",
  `${"o".repeat(39)}/${"r".repeat(100)}`,
  `o/${"r".repeat(100)}*`,
  // W45: dots and capitals are part of GitHub's names.
  "github/.github",
  "x/docs.github.com",
  "Azure/y",
  "o/...",
  "o/.*",
  "o/..*",
  "o/-",
];

const refused: [scope: string, why: string][] = [
  ["", "owner/repository"],
  ["o", "owner/repository"],
  ["o/r/x", "owner/repository"],
  ["o//r", "owner/repository"],
  ["/r", "an owner"],
  ["*/r", "an owner"],
  ["o*/r", "an owner"],
  ["*/*", "an owner"],
  ["a.b/r", "an owner"],
  ["ö/r", "an owner"],
  [`${"o".repeat(40)}/r`, "an owner"],
  ["o\n/r", "an owner"],
  ["o/", "a repository name"],
  ["o/**", "a repository name"],
  ["o/a*b", "a repository name"],
  ["o/*a", "a repository name"],
  ["o/a**", "a repository name"],
  ["o/.", "a repository name"],
  ["o/..", "a repository name"],
  ["o/r ", "a repository name"],
  ["o/r\n", "a repository name"],
  ["o/a b", "a repository name"],
  ["o/a:b", "a repository name"],
  ["o/é", "a repository name"],
  [`o/${"r".repeat(101)}`, "a repository name"],
  [`o/${"r".repeat(101)}*`, "a repository name"],
];

describe("repoScopeProblem", () => {
  test.each(accepted)("finds nothing wrong with %j", (scope) => {
    expect(repoScopeProblem(scope)).toBeUndefined();
  });

  test.each(refused)("refuses %j", (scope, why) => {
    expect(repoScopeProblem(scope)).toContain(why);
  });

  test("accepts a superset of the reference's grammar, and nothing outside of its own", () => {
    const reference = /^[a-z0-9_-]{1,39}\/(\*|[a-z0-9_-]{1,100}\*?)$/;
    const ours = /^[A-Za-z0-9_-]{1,39}\/(\*|[A-Za-z0-9._-]{1,100}\*?)$/;
    const scope = fc.oneof(
      fc
        .array(fc.constantFrom("a", "A", "-", "_", ".", "/", "*", " ", "é"), { maxLength: 8 })
        .map((c) => c.join("")),
      fc.stringMatching(reference),
      fc.stringMatching(ours),
    );
    fc.assert(
      fc.property(scope, (text) => {
        const fine = repoScopeProblem(text) === undefined;
        if (reference.test(text)) expect(fine).toBe(true);
        if (fine) expect(text).toMatch(ours);
        else if (ours.test(text)) expect(text).toMatch(/\/\.\.?$/);
      }),
      { numRuns: 1_000 },
    );
  });
});
