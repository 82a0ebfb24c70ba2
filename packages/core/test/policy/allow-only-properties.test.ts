import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GuardError } from "../../src/error.js";
import { INTEGRITY_LEVELS, parseAllowOnlyPolicy } from "../../src/policy/allow-only.js";
import { anyText } from "../support/any-text.js";

/** Any policy that is valid, spelt in any way that is accepted. */
const anyPolicy = (() => {
  const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
  const spelt = (key: string) =>
    fc.constantFrom(key, key.toUpperCase(), key[0]?.toUpperCase() + key.slice(1));
  const padded = (text: fc.Arbitrary<string>) =>
    fc.tuple(fc.constantFrom("", " ", "\n"), text, fc.constantFrom("", "\t")).map((parts) => parts.join(""));
  const words = fc.array(padded(anyText.filter((text) => text.trim() !== "")), { maxLength: 5 });
  const level = padded(fc.constantFrom(...INTEGRITY_LEVELS, "NONE", "Merged"));
  const scope = fc
    .tuple(
      name,
      fc.oneof(
        fc.constant("*"),
        name,
        name.map((prefix) => `${prefix}.*`),
      ),
    )
    .map((parts) => parts.join("/"));
  const repos = fc.oneof(
    padded(fc.constantFrom("all", "Public", "ALL")),
    fc.uniqueArray(scope, { minLength: 1, maxLength: 5, selector: (text) => text.toLowerCase() }),
  );
  const member = (keys: string[], value: fc.Arbitrary<unknown>) =>
    fc.tuple(fc.constantFrom(...keys).chain(spelt), value);
  const optional = (key: string, value: fc.Arbitrary<unknown>) =>
    fc.option(member([key], value), { nil: undefined });
  const present = (entries: readonly (unknown[] | undefined)[]) =>
    Object.fromEntries(entries.filter((entry) => entry !== undefined) as [string, unknown][]);
  const body = fc
    .tuple(
      member(["repos"], repos),
      member(["min-integrity", "integrity"], level),
      optional("blocked-users", words),
      optional("refusal-labels", words),
      optional("approval-labels", words),
      optional("trusted-users", words),
      optional("endorsement-reactions", words),
      optional("disapproval-reactions", words),
      optional("disapproval-integrity", level),
      optional("endorser-min-integrity", level),
      optional("tool-call-limits", fc.dictionary(name, fc.nat(), { maxKeys: 3 })),
      optional("promotion-label", fc.string()),
    )
    .map(present);
  const bots = words.filter((list) => list.length > 0);
  return fc.tuple(member(["allow-only", "allowonly"], body), optional("trusted-bots", bots)).map(present);
})();

/** Freezes `value` and everything in it: a write then throws. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

describe("for any valid policy", () => {
  test("parsing what was parsed changes nothing, and says the same as parsing its text", () => {
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        const { payload } = parseAllowOnlyPolicy(policy);
        expect(parseAllowOnlyPolicy(payload)).toEqual({ payload });
        expect(parseAllowOnlyPolicy(JSON.stringify(payload))).toEqual({ payload });
        expect(parseAllowOnlyPolicy(JSON.stringify(policy))).toEqual(parseAllowOnlyPolicy(policy));
      }),
      { numRuns: 300 },
    );
  });

  test("the input is neither changed nor aliased", () => {
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        const before = structuredClone(policy);
        const { payload } = parseAllowOnlyPolicy(frozen(policy));
        expect(policy).toEqual(before);
        // Writing to what came out must not reach what went in, which is frozen.
        const lists = Object.values(payload["allow-only"]).filter((value) => Array.isArray(value));
        for (const list of lists) (list as string[]).push("x");
      }),
      { numRuns: 100 },
    );
  });

  test("the payload is in canonical form, with its keys always in the same order", () => {
    const keys = [
      "repos",
      "min-integrity",
      "blocked-users",
      "refusal-labels",
      "approval-labels",
      "trusted-users",
      "endorsement-reactions",
      "disapproval-reactions",
      "disapproval-integrity",
      "endorser-min-integrity",
    ];
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        const { payload } = parseAllowOnlyPolicy(policy);
        const body = payload["allow-only"] as unknown as Record<string, unknown>;
        expect(Object.keys(body)).toEqual(keys.filter((key) => key in body));
        for (const value of Object.values(body).concat(payload["trusted-bots"] ?? [])) {
          for (const text of [value].flat() as string[]) expect(text).toBe(text.trim());
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("for anything at all", () => {
  test("there is a payload or a GuardError POLICY, never another error", () => {
    const key = fc.constantFrom(
      "allow-only",
      "repos",
      "min-integrity",
      "refusal-labels",
      "trusted-bots",
      "__proto__",
      "policy",
      "x",
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom("all", "none", "o/r", "", null, undefined, 5, Number.NaN),
        tie("list"),
        tie("object"),
      ),
      list: fc.array(tie("value"), { maxLength: 3 }),
      object: fc
        .array(fc.tuple(key, tie("value")), { maxLength: 4 })
        .map((entries) => Object.fromEntries(entries)),
    }));
    fc.assert(
      fc.property(fc.oneof(value, fc.anything(), fc.string(), fc.json()), (policy) => {
        try {
          parseAllowOnlyPolicy(policy);
        } catch (error) {
          expect(GuardError.is(error, "POLICY")).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
