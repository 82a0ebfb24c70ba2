import { anyObjectPolicy, integrityOf } from "@guardhost/core";
import { equal, rejects } from "../assertions.js";
import { POLICY } from "../check-context.js";
import { moduleBytes } from "../guest/module-bytes.js";
import { countEntries, logInput, write } from "../guest/program.js";
import { listeningSession } from "../payload-case.js";
import type { Requirement } from "../requirement.js";
import { callRunning, runIn } from "../session-programs.js";

/** An entry of a policy that makes the guard log what it gets. */
const LISTEN = `#${logInput}${write('{"difc_mode":"filter"}')}`;

/** The requirement that the guard gets `sent` for `policy`. */
function normalises(
  name: string,
  behaviour: string,
  source: string,
  policy: unknown,
  sent: { readonly [key: string]: unknown },
): Requirement {
  return {
    id: `policy:${name}`,
    behaviour,
    source,
    async check(context) {
      const { heard } = await listeningSession(context, policy);
      equal(JSON.parse(heard[0] ?? "null"), sent, "what the guard got");
    },
  };
}

/** The requirement that a policy is refused, and that the guard does not see it. */
function refuses(
  name: string,
  behaviour: string,
  source: string,
  policy: unknown,
  says: string,
): Requirement {
  return {
    id: `policy:${name}`,
    behaviour,
    source,
    async check(context) {
      const session = await context.labeledSession();
      await rejects(session.labelAgent(policy), { code: "POLICY", says }, "labelAgent");
      const fresh = await context.session();
      await rejects(fresh.labelAgent(policy), { code: "POLICY", says }, "labelAgent in a fresh session");
      await rejects(fresh.labelResource(callRunning()), { code: "NO_POLICY" }, "the call behind it");
    },
  };
}

const allowOnly = { repos: "all", "min-integrity": "none", "blocked-users": [LISTEN] };

/** A policy in its canonical form, which is sent as it is. */
const everyList = {
  "allow-only": {
    ...allowOnly,
    repos: ["octo/hello", "octo/*", "octo/he*"],
    "refusal-labels": ["spam"],
    "approval-labels": ["ok"],
    "trusted-users": ["alice"],
    "endorsement-reactions": ["HEART"],
    "disapproval-reactions": ["CONFUSED"],
    "disapproval-integrity": "none",
    "endorser-min-integrity": "merged",
  },
  "trusted-bots": ["bot"],
};

/** Policies, on their way into the guard. */
export const policyRequirements: readonly Requirement[] = [
  normalises(
    "is-sent-whole",
    "The guard gets the policy itself, every list of it",
    "spec 2.2, W47",
    everyList,
    everyList,
  ),
  normalises(
    "is-normalised",
    "Aliases, letter case of keys, levels and named scopes, and blanks reach the guard in their one canonical form",
    "W44, W48, spec 2.7",
    { ALLOWONLY: { Repos: " Public ", integrity: " Approved ", "blocked-users": [` ${LISTEN} `, "A", "a"] } },
    { "allow-only": { repos: "public", "min-integrity": "approved", "blocked-users": [LISTEN, "A"] } },
  ),
  normalises(
    "refusal-labels-as-text",
    "Refusal labels may be one text, and reach the guard as a list",
    "spec 2.2, 7",
    { "allow-only": { ...allowOnly, "refusal-labels": "a, b\nc" } },
    { "allow-only": { ...allowOnly, "refusal-labels": ["a", "b", "c"] } },
  ),
  normalises(
    "host-keys-are-not-sent",
    "Keys that only the host looks at are accepted and do not reach the guard",
    "W43",
    {
      "allow-only": {
        ...allowOnly,
        "tool-call-limits": { list_issues: 3 },
        "promotion-label": "up",
        "demotion-label": "down",
      },
    },
    { "allow-only": allowOnly },
  ),
  normalises(
    "scopes-of-every-name",
    "Scopes may have dots and capitals, as names on GitHub do",
    "W45",
    { "allow-only": { ...allowOnly, repos: ["Azure/y", "github/.github", "x/docs.github.com"] } },
    { "allow-only": { ...allowOnly, repos: ["Azure/y", "github/.github", "x/docs.github.com"] } },
  ),
  normalises(
    "as-text",
    "A policy may be the text of its JSON",
    "spec 2.2",
    JSON.stringify({ "allow-only": allowOnly }),
    { "allow-only": allowOnly },
  ),
  refuses("missing", "A policy of null is refused with POLICY", "spec 2.2, 7", null, "policy"),
  refuses("of-no-kind", "A policy without allow-only is refused", "spec 2.2, W7", {}, "allow-only"),
  refuses(
    "unknown-key",
    "An unknown key is refused, by its JSON pointer",
    "spec 2.2, W7",
    { "allow-only": { ...POLICY["allow-only"], "min-integrty": "none" } },
    "/allow-only/min-integrty",
  ),
  refuses(
    "two-spellings",
    "Two spellings of one key contradict each other, and are refused",
    "W48",
    { "allow-only": { ...POLICY["allow-only"], integrity: "merged" } },
    "/allow-only/integrity",
  ),
  refuses(
    "unknown-level",
    "A level that does not exist is refused, by its JSON pointer",
    "spec 2.2, 2.7",
    { "allow-only": { repos: "all", "min-integrity": "high" } },
    "/allow-only/min-integrity",
  ),
  refuses(
    "malformed-scope",
    "A scope that is malformed is refused, by its JSON pointer",
    "spec 2.7, 7",
    { "allow-only": { repos: ["octo/hello", "octo/**"], "min-integrity": "none" } },
    "/allow-only/repos/1",
  ),
  refuses(
    "empty-trusted-bots",
    "Trusted bots must be some, where they are given",
    "spec 2.2, 7, spec 5 (03-19)",
    { ...POLICY, "trusted-bots": [] },
    "/trusted-bots",
  ),
  refuses(
    "outdated-envelope",
    "A policy inside an envelope is refused",
    "spec 2.2, 7",
    { policy: POLICY },
    "/policy",
  ),
  {
    id: "policy:required",
    behaviour: "Labelling before labelAgent is refused with NO_POLICY, and the guest is not entered",
    source: "W6, W7, design 3",
    async check(context) {
      const session = await context.session();
      await rejects(
        session.labelResource(callRunning()),
        { code: "NO_POLICY", lost: false },
        "labelResource",
      );
      await rejects(session.labelResponse(callRunning(), null), { code: "NO_POLICY" }, "labelResponse");
      await session.labelAgent(POLICY);
      equal(await runIn(session, countEntries), "2;", "how often the guest was entered");
    },
  },
  {
    id: "policy:not-required",
    behaviour: "With policyRequired: false a guard labels without a policy",
    source: "design 3",
    async check(context) {
      const session = await context.session({ policyRequired: false });
      equal(await runIn(session, countEntries), "1;", "how often the guest was entered");
    },
  },
  {
    id: "policy:own-schema",
    behaviour: "With a policySchema of its own a guard gets a policy of another kind as it is",
    source: "design 3",
    async check(context) {
      const session = await context.session({ policySchema: anyObjectPolicy });
      const mode = { say: `#${write('{"difc_mode":"propagate"}')}` };
      equal((await session.labelAgent(mode)).mode, "propagate", "the mode");
      await rejects(session.labelAgent("text"), { code: "POLICY" }, "a policy that the schema refuses");
    },
  },
  {
    id: "policy:integrity",
    behaviour: "A module is loaded only if its bytes match the integrity that was given",
    source: "W56, design 3",
    async check(context) {
      const integrity = await integrityOf(moduleBytes("guard"));
      const session = await context.labeledSession({ integrity });
      equal(await runIn(session, countEntries), "2;", "how often the guest was entered");
      const other = await integrityOf(moduleBytes("minimal"));
      for (const wrong of [other, "sha256-", "md5-AAAA", ""]) {
        const loading = context.load({ integrity: wrong });
        await rejects(loading, { code: "INTEGRITY" }, `loading with the integrity "${wrong}"`);
      }
    },
  },
];
