import { styleText } from "node:util";
import { type CommandLine, HELP, parseCommandLine, USAGE, UsageError } from "./command-line.js";
import { reportText, type Style } from "./report-text.js";
import { runDemo } from "./run-demo.js";

/** Exit status of a command line that makes no sense. */
const USAGE_ERROR = 2;

/** Exit status by which shells know what SIGINT ended. */
const INTERRUPTED = 130;

const plain: Style = (_, text) => text;

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") fail(error);
});

// The first Ctrl-C lets the demo clean up; the second one ends it at once.
const interruption = new AbortController();
process.once("SIGINT", () => interruption.abort());

try {
  const commandLine = parseCommandLine(process.argv.slice(2));
  process.stdout.write(commandLine.help ? HELP : await demo(commandLine));
} catch (error) {
  // A terminal interrupts the server as well, so what fails then may be anything.
  if (interruption.signal.aborted) process.exitCode = INTERRUPTED;
  else fail(error);
}

/** Runs the demo and returns what it prints. */
async function demo({ json }: CommandLine): Promise<string> {
  const report = await runDemo(interruption.signal);
  if (json) return `${JSON.stringify(report, null, 2)}\n`;
  const hasColours = process.stdout.isTTY && process.stdout.hasColors();
  return reportText(report, hasColours ? styleText : plain);
}

function fail(error: unknown): void {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError) process.stderr.write(`${USAGE}\n`);
  process.exitCode = error instanceof UsageError ? USAGE_ERROR : 1;
}
