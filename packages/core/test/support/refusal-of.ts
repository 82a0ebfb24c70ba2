import { GuardError } from "../../src/error.js";
import { parseAllowOnlyPolicy } from "../../src/policy/allow-only.js";

/** The members that an allow-only policy needs, in canonical form. */
export const validAllowOnly = { repos: "all", "min-integrity": "none" };

/** Why `policy` is refused. Throws when it is not, or not as a policy. */
export function refusalOf(policy: unknown): string {
  try {
    parseAllowOnlyPolicy(policy);
  } catch (error) {
    if (!GuardError.is(error, "POLICY") || error.lost) throw error;
    return error.message;
  }
  throw new Error(`accepted: ${JSON.stringify(policy)}`);
}
