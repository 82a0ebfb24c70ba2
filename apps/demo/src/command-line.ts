import { parseArgs } from "node:util";

/** What the demo is asked to do. */
export interface CommandLine {
  /** Whether the report is printed as JSON. */
  readonly json: boolean;
  /** Whether the gateway keeps running, for other clients. */
  readonly serve: boolean;
  /** Where it listens then; 0 for any port that is free. */
  readonly port: number;
  /** Whether {@link HELP} is all that is wanted. */
  readonly help: boolean;
}

/** The whole command line, for people. */
export const USAGE = "usage: node apps/demo/dist/main.js [--json | --serve [--port <port>]]";

/** What the demo is, and what its options do. */
export const HELP: string = `${USAGE}

Starts guardhost-gateway in front of the official MCP filesystem server on sample files, and shows what an agent
gets through it.

  --json      print one JSON document instead of a table
  --serve     keep the gateway running, and print how to point other clients at it
  --port      where it listens then, 8080 unless given
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
        serve: { type: "boolean", default: false },
        port: { type: "string", default: "8080" },
        help: { type: "boolean", default: false, short: "h" },
      },
    });
    if (values.json && values.serve) throw new UsageError("--json and --serve do not go together");
    const port = Number(values.port);
    if (!/^\d{1,5}$/.test(values.port) || port > 65_535) throw new UsageError(`${values.port} is no port`);
    return { json: values.json, serve: values.serve, port, help: values.help };
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError((cause as Error).message, { cause });
  }
}
