import { once } from "node:events";
import { styleText } from "node:util";
import { type CommandLine, HELP, parseCommandLine, USAGE, UsageError } from "./command-line.js";
import { reportText, type Style } from "./report-text.js";
import { runScenario } from "./run-scenario.js";
import { serveText } from "./serve-text.js";
import { atWorkplace } from "./workplace.js";

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
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interruption.abort());

try {
  const commandLine = parseCommandLine(process.argv.slice(2));
  if (commandLine.help) process.stdout.write(HELP);
  else if (commandLine.serve) await serve(commandLine);
  else process.stdout.write(await demo(commandLine));
} catch (error) {
  // What fails because it was interrupted may be anything.
  if (interruption.signal.aborted) process.exitCode = INTERRUPTED;
  else fail(error);
}

/** Runs the scenario and returns what is printed. */
async function demo({ json }: CommandLine): Promise<string> {
  const { signal } = interruption;
  const report = await atWorkplace({ port: 0, signal }, ({ url, key }) => runScenario(url, key, signal));
  if (json) return `${JSON.stringify(report, null, 2)}\n`;
  const hasColours = process.stdout.isTTY && process.stdout.hasColors();
  return reportText(report, hasColours ? styleText : plain);
}

/** Keeps the gateway running until it is interrupted, which is how this is meant to end. */
async function serve({ port }: CommandLine): Promise<void> {
  const { signal } = interruption;
  const served = atWorkplace({ port, signal }, async (workplace) => {
    process.stdout.write(serveText(workplace));
    // Something has to keep the process alive.
    const alive = setInterval(() => undefined, 2 ** 30);
    if (!signal.aborted) await once(signal, "abort");
    clearInterval(alive);
  });
  await served.catch((cause: Error) => {
    const why = /EADDRINUSE|EACCES/.exec(cause.message);
    if (why === null) throw cause;
    throw new Error(`port ${port} cannot be had (${why}): choose another with --port, or 0 for any`, {
      cause,
    });
  });
}

function fail(error: unknown): void {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError) process.stderr.write(`${USAGE}\n`);
  process.exitCode = error instanceof UsageError ? USAGE_ERROR : 1;
}
