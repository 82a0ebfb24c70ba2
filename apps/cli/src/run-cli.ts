import { CommanderError } from "commander";
import type { CommandContext } from "./command-context.js";
import { failureHint } from "./failure-hint.js";
import { createProgram } from "./program.js";
import { reportFailure } from "./report-failure.js";
import type { StandardStreams } from "./terminal/standard-streams.js";

/** Exit status of a command line that makes no sense. */
const USAGE_ERROR = 2;

/**
 * Runs one command line, given without the names of runtime and script, and returns its exit status: 0 for success,
 * 1 for a failure or a negative verdict, 2 for a command line that makes no sense. Never throws.
 */
export async function runCli(args: readonly string[], streams: StandardStreams): Promise<number> {
  const context: CommandContext = { streams, status: 0 };
  const program = createProgram(context);
  try {
    await program.parseAsync(args, { from: "user" });
    return context.status;
  } catch (error) {
    // The parser has printed its own errors already; help and version arrive here too, as a success.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
    reportFailure(error, {
      stderr: streams.stderr,
      hint: context.hint ?? failureHint(error),
      verbose: program.opts<{ verbose?: true }>().verbose === true,
    });
    return 1;
  }
}
