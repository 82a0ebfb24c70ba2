import { describe, expect, test } from "vitest";
import { parseAllowOnlyPolicy } from "../../src/policy/allow-only.js";
import { refusalOf, validAllowOnly } from "../support/refusal-of.js";

/** A policy with `members` in allow-only; what becomes of allow-only. */
function allowOnly(members: object): unknown {
  return parseAllowOnlyPolicy({ "allow-only": { ...validAllowOnly, ...members } }).payload["allow-only"];
}

describe("the order of checks", () => {
  const wrong = 5;

  /** Each policy breaks a rule and everything that is checked after it. */
  test.each<[rule: string, policy: unknown, message: string]>([
    ["an object", [{ policy: 1 }], "the policy must be an object"],
    ["no envelope", { policy: 1, other: 1 }, "/policy is an outdated envelope"],
    ["an allow-only", { other: 1, "trusted-bots": wrong }, 'must have the key "allow-only"'],
    ["no other kinds", { "allow-only": wrong, other: 1 }, "/other is not a key"],
    [
      "allow-only is an object",
      { "allow-only": wrong, "trusted-bots": wrong },
      "/allow-only must be an object",
    ],
    ["repos is there", { "allow-only": { other: 1 } }, '/allow-only must have the key "repos"'],
    ["min-integrity is there", { "allow-only": { repos: wrong, other: 1 } }, 'the key "min-integrity"'],
    [
      "no other keys",
      { "allow-only": { repos: wrong, "min-integrity": wrong, other: 1 } },
      "/allow-only/other is not a key",
    ],
  ])("%s", (_rule, policy, message) => {
    expect(refusalOf(policy)).toContain(message);
  });

  test("is that of the specification among values, whatever the order of keys", () => {
    const order = [
      "/allow-only/repos",
      "/allow-only/min-integrity",
      "/allow-only/blocked-users",
      "/allow-only/refusal-labels",
      "/allow-only/approval-labels",
      "/trusted-bots",
      "/allow-only/trusted-users",
      "/allow-only/endorsement-reactions",
      "/allow-only/disapproval-reactions",
      "/allow-only/disapproval-integrity",
      "/allow-only/endorser-min-integrity",
      "/allow-only/tool-call-limits",
      "/allow-only/promotion-label",
      "/allow-only/demotion-label",
    ];
    // Every subset of wrong values that begins at one of the keys is refused for that key.
    order.forEach((pointer, first) => {
      const broken = order.slice(first).reverse();
      const members: Record<string, unknown> = { ...validAllowOnly };
      for (const at of broken.filter((at) => at.startsWith("/allow-only/"))) members[at.slice(12)] = wrong;
      const bots = broken.includes("/trusted-bots") ? { "trusted-bots": wrong } : {};
      expect(refusalOf({ ...bots, "allow-only": members })).toContain(`the policy's ${pointer} `);
    });
  });
});

describe("the forms a policy may come in", () => {
  test.each([
    ["blanks around", `  ${JSON.stringify({ "allow-only": validAllowOnly })}\n`],
    ["a byte order mark before", `\ufeff${JSON.stringify({ "allow-only": validAllowOnly })}`],
    ["a no-break space before", `\u00a0${JSON.stringify({ "allow-only": validAllowOnly })}`],
  ])("JSON text with %s", (_what, text) => {
    expect(parseAllowOnlyPolicy(text).payload).toEqual({ "allow-only": validAllowOnly });
  });

  test.each<[policy: unknown, message: string]>([
    ["", "is an empty text"],
    [" \n", "is an empty text"],
    ["all", "is a text, but not JSON"],
    ["{", "is a text, but not JSON"],
    ["null", "must be an object"],
    ['"{}"', "must be an object"],
    ["[]", "must be an object"],
    [undefined, "is missing"],
    [5, "must be an object"],
    [true, "must be an object"],
    [[], "must be an object"],
    [() => 1, "must be an object"],
    [new Map([["allow-only", validAllowOnly]]), 'must have the key "allow-only"'],
  ])("but not %o", (policy, message) => {
    expect(refusalOf(policy)).toContain(message);
  });

  test("the cause of bad JSON is kept", () => {
    expect(() => parseAllowOnlyPolicy("{")).toThrow(
      expect.objectContaining({ cause: expect.any(SyntaxError) }),
    );
  });

  test("objects without a prototype", () => {
    const bare = Object.assign(Object.create(null), {
      "allow-only": Object.assign(Object.create(null), validAllowOnly),
    });
    expect(parseAllowOnlyPolicy(bare).payload).toEqual({ "allow-only": validAllowOnly });
  });

  test("not what an object inherits", () => {
    expect(refusalOf(Object.create({ "allow-only": validAllowOnly }))).toContain(
      'must have the key "allow-only"',
    );
    expect(refusalOf({ "allow-only": Object.create(validAllowOnly) })).toContain('must have the key "repos"');
  });
});

describe("keys", () => {
  test.each<[policy: unknown, message: string]>([
    [
      { "allow-only": validAllowOnly, "Allow-Only": validAllowOnly },
      "'s /Allow-Only is the same key as /allow-only",
    ],
    [
      { "allow-only": { ...validAllowOnly, integrity: "none" } },
      "/integrity is the same key as /allow-only/min-integrity",
    ],
    [{ "allow-only": { ...validAllowOnly, Repos: "all" } }, "/Repos is the same key as /allow-only/repos"],
    [
      { AllowOnly: { ...validAllowOnly, INTEGRITY: "none" } },
      "'s /AllowOnly/INTEGRITY is the same key as /AllowOnly/min-integrity",
    ],
    [{ "allow-only": { ...validAllowOnly, "a/b~c": 1 } }, "'s /allow-only/a~1b~0c is not a key"],
    [
      { "allow-only": { ...validAllowOnly, "trusted-bots": ["x"] } },
      "'s /allow-only/trusted-bots is not a key",
    ],
    [{ "allow-only": validAllowOnly, "trusted-users": ["x"] }, "'s /trusted-users is not a key"],
    [{ Policy: 1 }, "/policy is an outdated envelope"],
    [
      '{"allow-only":{"repos":"all","min-integrity":"none","__proto__":1}}',
      "'s /allow-only/__proto__ is not a key",
    ],
    ['{"__proto__":{"allow-only":{"repos":"all","min-integrity":"none"}}}', 'must have the key "allow-only"'],
    ['{"allow-only":{"repos":"all","min-integrity":"none"},"__proto__":1}', "'s /__proto__ is not a key"],
    [{ "allow-only": validAllowOnly, constructor: 1 }, "'s /constructor is not a key"],
    [{ "allow-only": { ...validAllowOnly, toString: 1 } }, "'s /allow-only/toString is not a key"],
    [{ "allow-only": { repos: "all", hasOwnProperty: "none" } }, 'must have the key "min-integrity"'],
  ])("%j", (policy, message) => {
    expect(refusalOf(policy)).toContain(message);
  });
});

describe("values", () => {
  test.each<[members: object, normalised: object]>([
    [{ repos: " ALL " }, { repos: "all" }],
    [{ repos: [" o/r ", "Octo/*"] }, { repos: ["o/r", "Octo/*"] }],
    [{ "min-integrity": "\tMERGED\n" }, { "min-integrity": "merged" }],
    [{ "blocked-users": [" A", "a ", "b", "B"] }, { "blocked-users": ["A", "b"] }],
    [{ "blocked-users": [] }, { "blocked-users": [] }],
    [{ "approval-labels": [" x ", "X"] }, { "approval-labels": ["x"] }],
    [{ "trusted-users": ["U", "u"] }, { "trusted-users": ["U"] }],
    [{ "refusal-labels": [" a ", "A", "b, c"] }, { "refusal-labels": ["a", "b, c"] }],
    [{ "refusal-labels": ",a,,A\n\nb," }, { "refusal-labels": ["a", "b"] }],
    [
      { "endorsement-reactions": ["heart", " Heart", "thumbs_up"] },
      { "endorsement-reactions": ["HEART", "THUMBS_UP"] },
    ],
    [{ "disapproval-reactions": ["-1"] }, { "disapproval-reactions": ["-1"] }],
    [{ "disapproval-integrity": " None" }, { "disapproval-integrity": "none" }],
    [{ "endorser-min-integrity": "APPROVED" }, { "endorser-min-integrity": "approved" }],
  ])("%j becomes %j", (members, normalised) => {
    expect(allowOnly(members)).toEqual({ ...validAllowOnly, ...normalised });
  });

  test.each<[members: object, pointer: string]>([
    [{ repos: "private" }, "/repos"],
    [{ repos: "" }, "/repos"],
    [{ repos: null }, "/repos"],
    [{ repos: { 0: "o/r" } }, "/repos"],
    [{ repos: ["all"] }, "/repos/0"],
    [{ repos: ["o/r", 5] }, "/repos/1"],
    [{ repos: ["o/r", "O/R"] }, "/repos/1"],
    [{ repos: ["o/r", " o/r"] }, "/repos/1"],
    [{ repos: ["o/r", ""] }, "/repos/1"],
    // A hole would be sent as null.
    // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested
    [{ repos: ["o/r", , "o/s"] }, "/repos/1"],
    [{ repos: new Array(3) }, "/repos/0"],
    [{ "blocked-users": new Array(1) }, "/blocked-users/0"],
    [{ "min-integrity": "" }, "/min-integrity"],
    [{ "min-integrity": "blocked" }, "/min-integrity"],
    [{ "min-integrity": ["none"] }, "/min-integrity"],
    [{ "min-integrity": null }, "/min-integrity"],
    [{ "blocked-users": "octocat" }, "/blocked-users"],
    [{ "blocked-users": null }, "/blocked-users"],
    [{ "approval-labels": [null] }, "/approval-labels/0"],
    [{ "refusal-labels": null }, "/refusal-labels"],
    [{ "refusal-labels": ["a", " "] }, "/refusal-labels/1"],
    [{ "refusal-labels": "\n" }, "/refusal-labels"],
    [{ "trusted-users": {} }, "/trusted-users"],
    [{ "endorsement-reactions": [1] }, "/endorsement-reactions/0"],
    [{ "disapproval-reactions": "heart" }, "/disapproval-reactions"],
    [{ "endorser-min-integrity": null }, "/endorser-min-integrity"],
    [{ "tool-call-limits": [] }, "/tool-call-limits"],
    [{ "tool-call-limits": null }, "/tool-call-limits"],
    [{ "tool-call-limits": { a: -1 } }, "/tool-call-limits/a"],
    [{ "tool-call-limits": { a: 1.5 } }, "/tool-call-limits/a"],
    [{ "tool-call-limits": { a: "1" } }, "/tool-call-limits/a"],
    [{ "tool-call-limits": { " ": 1 } }, "/tool-call-limits/ "],
    [{ "tool-call-limits": { a: 1, " a": 2 } }, "/tool-call-limits/ a"],
    [{ "promotion-label": 1 }, "/promotion-label"],
    [{ "demotion-label": null }, "/demotion-label"],
  ])("%o is refused at %s", (members, pointer) => {
    expect(refusalOf({ "allow-only": { ...validAllowOnly, ...members } })).toContain(
      `the policy's /allow-only${pointer} `,
    );
  });
});

describe("host-only keys", () => {
  test("come back beside the payload, normalised, and only if they are given", () => {
    const policy = {
      "allow-only": {
        ...validAllowOnly,
        "Tool-Call-Limits": { " get ": 0, set: 3 },
        "promotion-label": " p ",
        "demotion-label": "",
      },
    };
    expect(parseAllowOnlyPolicy(policy)).toEqual({
      payload: { "allow-only": validAllowOnly },
      toolCallLimits: { get: 0, set: 3 },
      promotionLabel: "p",
      demotionLabel: "",
    });
    expect(Object.keys(parseAllowOnlyPolicy({ "allow-only": validAllowOnly }))).toEqual(["payload"]);
  });

  test("take any tool name as data", () => {
    const limits = JSON.parse('{"__proto__":1,"constructor":2}');
    const { toolCallLimits } = parseAllowOnlyPolicy({
      "allow-only": { ...validAllowOnly, "tool-call-limits": limits },
    });
    expect(Object.entries(toolCallLimits ?? {})).toEqual([
      ["__proto__", 1],
      ["constructor", 2],
    ]);
  });
});
