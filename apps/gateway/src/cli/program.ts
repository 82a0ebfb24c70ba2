import { Command } from "commander";
import { implementation } from "../implementation.js";

/** What is asked for on the command line. */
export interface CommandLine {
  readonly file: string;
  readonly stdio: boolean;
  readonly check: boolean;
}

/** Where text for people goes. */
export interface TextSink {
  write(text: string): unknown;
}

const HELP = `
The file is JSON, with comments if you like: "mcpServers" as every MCP client writes it, "guards", and
"gateway". Its schema, for editors, comes with this package: @guardhost/gateway/schema.json.

Signals:
  SIGHUP           reads the file again: guards, policies and keys are replaced, sessions stay; what
                   cannot be used changes nothing, and is logged
  SIGTERM, SIGINT  takes no more calls, lets those at work end, and exits; the next one exits at once.
                   Over stdio it also exits when its input ends, and aborts what is at work then

Exit status:
  0  it has ended as it was told to, or the file can be used
  1  it could not start, or the file cannot be used
  2  the command line makes no sense

Examples:
  guardhost-gateway --check gateway.jsonc     # with --stdio if it is to serve that way
  guardhost-gateway gateway.jsonc
  guardhost-gateway --stdio gateway.jsonc     # as an MCP client starts it`;

/** The program. Parsing throws a CommanderError instead of ending the process. */
export function createProgram(
  { stdout, stderr }: { readonly stdout: TextSink; readonly stderr: TextSink },
  run: (commandLine: CommandLine) => Promise<void>,
): Command {
  return new Command("guardhost-gateway")
    .description(
      "An MCP gateway that enforces guards: what AI agents read and write through it, guards label.",
    )
    .argument("<file>", "the configuration")
    .option("--stdio", "serve one client over standard input and output, instead of HTTP")
    .option("--check", "say whether the configuration, its guards and policies can be used, and exit")
    .version(implementation.version, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .addHelpText("after", HELP)
    .exitOverride()
    .showHelpAfterError("Run it with --help to see how it is used.")
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "guardhost-gateway: ")),
    })
    .action((file: string, { stdio = false, check = false }: { stdio?: boolean; check?: boolean }) =>
      run({ file, stdio, check }),
    );
}
