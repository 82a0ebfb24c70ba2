import { GuardError } from "@guardhost/core";
import { DifcError } from "@guardhost/difc";

/** What an operator is told of a guard that cannot be used. */
export function failureText(error: unknown): string {
  if (GuardError.is(error) || DifcError.is(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
