import { anyObjectPolicy, type StandardSchema } from "@guardhost/core";
import { isJsonObject } from "../json-object.js";

/** The keys that make a policy an allow-only one, in lower case. */
const ALLOW_ONLY_KEYS = ["allow-only", "allowonly"];

/**
 * How to check `policy`: allow-only policies as every gateway does (undefined), others not at all, because only their
 * guard knows what they mean.
 */
export function policySchemaFor(policy: unknown): StandardSchema | undefined {
  const keys = isJsonObject(policy) ? Object.keys(policy) : [];
  const isAllowOnly = keys.some((key) => ALLOW_ONLY_KEYS.includes(key.toLowerCase()));
  return isAllowOnly ? undefined : anyObjectPolicy;
}
