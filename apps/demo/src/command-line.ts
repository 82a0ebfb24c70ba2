import { parseArgs } from "node:util";

/** What the demo is asked to do. */
export interface CommandLine {
  /** Whether the report is printed as JSON. */
  readonly json: boolean;
}

/** The whole command line, for people. */
export const USAGE = "usage: node apps/demo/dist/main.js [--json]";

/** A command line that makes no sense. Its message says what is wrong with it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Reads the arguments after the names of runtime and script. A first `--` is skipped, because package managers pass on
 * the one that ends their own options.
 *
 * @throws UsageError for anything unknown
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const own = args[0] === "--" ? args.slice(1) : [...args];
  try {
    const { values } = parseArgs({ args: own, options: { json: { type: "boolean", default: false } } });
    return { json: values.json };
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}
