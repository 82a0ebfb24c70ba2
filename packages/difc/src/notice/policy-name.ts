import type { WithheldPart } from "../filter/withheld.js";

/** What to call the policy that keeps these parts from an agent (spec 3.10). */
export function policyName(parts: readonly WithheldPart[]): string {
  const has = (suffix: string) =>
    parts.some(({ reasons }) => reasons.some((reason) => reason.endsWith(suffix)));
  const isSecrecy = has("-secrecy");
  const isIntegrity = has("-integrity");
  if (isSecrecy === isIntegrity || has("hidden")) return "access policy";
  return isSecrecy ? "secrecy policy" : "integrity policy";
}
