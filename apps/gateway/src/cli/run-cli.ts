import { CommanderError } from "commander";
import { ConfigError } from "../config/config-error.js";
import { loadConfig } from "../config/load-config.js";
import { jsonLogger } from "../telemetry/logger.js";
import { checkConfig } from "./check.js";
import { type CommandLine, createProgram, type TextSink } from "./program.js";
import { serve } from "./serve.js";

/** Exit status of a command line that makes no sense. */
const USAGE_ERROR = 2;

/** Standard output and error of a process. */
export interface StandardStreams {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
}

/**
 * Runs one command line, given without the names of runtime and script. Returns its exit status: 0 for success, 1 for a
 * failure, 2 for a command line that makes no sense. Never throws.
 */
export async function runCli(args: readonly string[], streams: StandardStreams): Promise<number> {
  const program = createProgram(streams, (commandLine) => run(commandLine, streams));
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    // The parser has printed its own errors already; help and version arrive here too, as a success.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
    streams.stderr.write(`${explanation(error)}\n`);
    return 1;
  }
}

async function run({ file, stdio, check }: CommandLine, { stdout, stderr }: StandardStreams): Promise<void> {
  const config = await loadConfig(file, process.env);
  const logger = jsonLogger(stderr, config.gateway.logLevel);
  if (!check) return serve(config, { file, stdio, logger });
  stdout.write(`${file} can be used: ${await checkConfig(config, { stdio, logger })}\n`);
}

function explanation(error: unknown): string {
  // Each line of it says where.
  if (error instanceof ConfigError) return error.message;
  return `guardhost-gateway: ${error instanceof Error ? error.message : String(error)}`;
}
