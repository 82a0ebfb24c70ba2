import { describe, expect, test } from "vitest";
import { parseAllowOnlyPolicy } from "../../src/policy/allow-only.js";
import { refusalOf, validAllowOnly } from "../support/refusal-of.js";

// Section 7 of the specification gives two results for each policy: "cfg" is the reference's configuration parser,
// "strict" what builds the input of label_agent. Ours is one schema; the third column says which of the two it agrees
// with, or the weakness of the reference that it mends.
describe("vectors of the reference that ours accepts", () => {
  test.each<[policy: unknown, payload: unknown, agreesWith: string]>([
    [
      { "ALLOW-ONLY": { REPOS: "all", "MIN-INTEGRITY": "none" } },
      { "allow-only": { repos: "all", "min-integrity": "none" } },
      "cfg",
    ],
    [
      { "allow-only": { repos: "Public", "min-integrity": " Approved " } },
      { "allow-only": { repos: "public", "min-integrity": "approved" } },
      "cfg and strict, but normalised (W44)",
    ],
    [
      { "allow-only": validAllowOnly, "trusted-bots": ["x"] },
      { "allow-only": validAllowOnly, "trusted-bots": ["x"] },
      "strict (one schema for all layers, W43)",
    ],
    [
      { "allow-only": { repos: ["o/*"], integrity: "merged" } },
      { "allow-only": { repos: ["o/*"], "min-integrity": "merged" } },
      "cfg, typed path",
    ],
    [{ allowonly: validAllowOnly }, { "allow-only": validAllowOnly }, "strict, but translated (W44)"],
    [
      { "allow-only": { ...validAllowOnly, repos: ["Azure/x", "g/.github", "x/docs.github.com"] } },
      { "allow-only": { ...validAllowOnly, repos: ["Azure/x", "g/.github", "x/docs.github.com"] } },
      "neither: dots and capitals are GitHub's (W45)",
    ],
    [
      { "allow-only": { ...validAllowOnly, "refusal-labels": "a, b\nc" } },
      { "allow-only": { ...validAllowOnly, "refusal-labels": ["a", "b", "c"] } },
      "cfg and strict",
    ],
    [
      { "allow-only": { ...validAllowOnly, "refusal-labels": [] } },
      { "allow-only": validAllowOnly },
      "cfg and strict",
    ],
    [
      {
        "allow-only": {
          ...validAllowOnly,
          "tool-call-limits": { a: 1 },
          "promotion-label": "p",
          "demotion-label": "d",
        },
      },
      { "allow-only": validAllowOnly },
      "cfg: host-only keys are kept from the guard (W43)",
    ],
  ])("%j becomes %j, as in %s", (policy, payload) => {
    expect(parseAllowOnlyPolicy(policy).payload).toEqual(payload);
    // Letter by letter, order included: this is what is encoded.
    expect(parseAllowOnlyPolicy(JSON.stringify(policy)).payload).toEqual(payload);
  });
});

describe("vectors of the reference that ours refuses", () => {
  test.each<[policy: unknown, message: string, agreesWith: string]>([
    [null, "is missing", "cfg and strict"],
    [{}, 'must have the key "allow-only"', "cfg and strict"],
    [{ "allow-only": null }, "'s /allow-only must be an object", "cfg and strict"],
    [{ "allow-only": validAllowOnly, "write-sink": null }, "'s /write-sink is not a key", "cfg and strict"],
    [
      { "allow-only": { ...validAllowOnly, repos: [] } },
      "'s /allow-only/repos must name at least one",
      "cfg and strict",
    ],
    [
      { "allow-only": { ...validAllowOnly, repos: ["o/r", "o/r"] } },
      "/repos/1 is the same scope as /allow-only/repos/0",
      "cfg and strict",
    ],
    [{ "allow-only": { ...validAllowOnly, repos: ["o/**"] } }, "'s /allow-only/repos/0 ", "cfg and strict"],
    [{ "allow-only": { ...validAllowOnly, repos: ["o/a*b"] } }, "'s /allow-only/repos/0 ", "cfg and strict"],
    [{ "allow-only": { ...validAllowOnly, repos: ["*/a"] } }, "'s /allow-only/repos/0 ", "cfg and strict"],
    [
      { "allow-only": { ...validAllowOnly, "refusal-labels": " , " } },
      "/refusal-labels must name",
      "cfg and strict",
    ],
    [
      { "allow-only": { ...validAllowOnly, "refusal-labels": "" } },
      "/refusal-labels must name",
      "cfg and strict",
    ],
    [
      { "allow-only": { ...validAllowOnly, "blocked-users": ["A", "a", " "] } },
      "/blocked-users/2 must be a string",
      "cfg and strict",
    ],
    [
      { "allow-only": validAllowOnly, allowonly: "garbage" },
      "'s /allowonly is the same key as /allow-only",
      "cfg (strict lets the garbage through, W48)",
    ],
    [{ policy: 1 }, "'s /policy is an outdated envelope", "strict"],
    [
      { policy: { "allow-only": validAllowOnly }, "allow-only": validAllowOnly },
      "'s /policy is an outdated envelope",
      "strict",
    ],
    [{ "allow-only": validAllowOnly, "trusted-bots": null }, "'s /trusted-bots must be a list", "strict"],
    [
      { "allow-only": validAllowOnly, "trusted-bots": [] },
      "'s /trusted-bots must name at least one",
      "strict",
    ],
    [
      { "allow-only": { ...validAllowOnly, "disapproval-integrity": "" } },
      "/disapproval-integrity must be one of",
      "strict (cfg takes it for absent)",
    ],
  ])("%j: %s, as in %s", (policy, message) => {
    expect(refusalOf(policy)).toContain(message);
    if (policy !== null) expect(refusalOf(JSON.stringify(policy))).toContain(message);
  });
});
