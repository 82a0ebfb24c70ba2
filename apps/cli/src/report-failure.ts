import { GuardError } from "@guardhost/core";
import { escapeText } from "./terminal/escape-text.js";
import type { StandardStreams } from "./terminal/standard-streams.js";
import { UserError } from "./user-error.js";

/** Settings of {@link reportFailure}. */
export interface ReportFailureOptions {
  readonly stderr: StandardStreams["stderr"];
  /** Whether the causes are printed too, with their stacks. */
  readonly verbose: boolean;
  /** What may help; printed below the message. */
  readonly hint?: string | undefined;
}

/** Says on standard error what went wrong. What came out of files and guests is escaped. */
export function reportFailure(error: unknown, { stderr, verbose, hint }: ReportFailureOptions): void {
  const lines = [`guardhost: ${headline(error)}`];
  if (hint !== undefined) lines.push(`hint: ${hint}`);
  if (verbose) {
    if (!isExpected(error)) lines.push(stackOf(error));
    lines.push(...causesOf(error).map((cause) => `caused by ${stackOf(cause)}`));
  }
  stderr.write(`${lines.map(escapeText).join("\n")}\n`);
}

function headline(error: unknown): string {
  if (GuardError.is(error)) return `${error.code}: ${error.message}`;
  if (error instanceof UserError) return error.message;
  return `unexpected ${String(error)}`;
}

function isExpected(error: unknown): boolean {
  return GuardError.is(error) || error instanceof UserError;
}

/** The cause of `error`, the cause of that one, and so on. */
function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let at = error; at instanceof Error && at.cause !== undefined; at = at.cause) {
    // Nothing keeps an error from being its own cause.
    if (causes.includes(at.cause)) break;
    causes.push(at.cause);
  }
  return causes;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}
