import { GuardError } from "../error.js";
import { isJsonObject } from "../json/is-json-object.js";
import { parseAllowOnlyPolicy } from "./allow-only.js";
import type { StandardIssue, StandardResult, StandardSchema } from "./standard-schema.js";

/**
 * A `policySchema` that takes any JSON object as it is. For guards that check their policy themselves, and for tools
 * that know nothing about the guard.
 */
export const anyObjectPolicy: StandardSchema<object> = {
  "~standard": {
    version: 1,
    vendor: "guardhost",
    validate: (value) =>
      isJsonObject(value) ? { value } : { issues: [{ message: "must be an object of JSON" }] },
  },
};

/**
 * What `label_agent` gets for `policy`: the normalised allow-only policy, or what the caller's own schema makes of it.
 *
 * @throws GuardError `POLICY`
 */
export async function resolvePolicy(policy: unknown, schema: StandardSchema | undefined): Promise<unknown> {
  if (schema === undefined) return parseAllowOnlyPolicy(policy).payload;
  const result = await validate(schema, policy);
  if (result?.issues === undefined) {
    if (result?.value !== undefined) return result.value;
    throw new GuardError("POLICY", "the policy could not be checked: its schema has no result");
  }
  throw new GuardError(
    "POLICY",
    `the policy is refused by its schema: ${result.issues.map(formatIssue).join("; ")}`,
  );
}

async function validate(schema: StandardSchema, policy: unknown): Promise<StandardResult<unknown>> {
  try {
    return await schema["~standard"].validate(policy);
  } catch (cause) {
    throw new GuardError("POLICY", "the policy could not be checked: its schema threw", { cause });
  }
}

function formatIssue({ message, path = [] }: StandardIssue): string {
  const pointer = path.map((part) => `/${String(typeof part === "object" ? part.key : part)}`).join("");
  return pointer === "" ? message : `${pointer}: ${message}`;
}
