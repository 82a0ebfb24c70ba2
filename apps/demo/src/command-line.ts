import { parseArgs } from "node:util";

/** What the demo is asked to do. */
export interface CommandLine {
  /** Whether the report is printed as JSON. */
  readonly json: boolean;
  /** Whether {@link HELP} is all that is wanted. */
  readonly help: boolean;
}

/** The whole command line, for people. */
export const USAGE = "usage: node apps/demo/dist/main.js [--json]";

/** What the demo is, and what its options do. */
export const HELP: string = `${USAGE}

Starts the official MCP filesystem server on sample files, and shows what a guard says about each call.

  --json      print one JSON document instead of tables
  -h, --help  print this
`;

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
    const { values } = parseArgs({
      args: own,
      options: {
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false, short: "h" },
      },
    });
    return { json: values.json, help: values.help };
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}
