import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addCallCommand } from "./call/call-command.js";
import type { CommandContext } from "./command-context.js";
import { addInspectCommand } from "./inspect/inspect-command.js";
import { addPrepareCommand } from "./prepare/prepare-command.js";
import { escapeText } from "./terminal/escape-text.js";

/** All commands, ready to parse one command line. Parsing throws a CommanderError instead of ending the process. */
export function createProgram(context: CommandContext): Command {
  const { stdout, stderr } = context.streams;
  const program = new Command("guardhost")
    .description(
      "Inspects, calls and prepares guards: WebAssembly modules that label what AI agents read and write.",
    )
    .version(ownVersion(), "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .option("--verbose", "print the causes of a failure as well")
    .exitOverride()
    .showHelpAfterError("Run it with --help to see how it is used.")
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => write(escapeText(text.replace(/^error: /, "guardhost: "))),
    });
  addInspectCommand(program, context);
  addCallCommand(program, context);
  addPrepareCommand(program, context);
  return program;
}

function ownVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
