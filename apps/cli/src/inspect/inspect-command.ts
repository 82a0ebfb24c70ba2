import { resolveLimits } from "@guardhost/core";
import type { Command } from "commander";
import { aboutModule } from "../about-module.js";
import type { CommandContext } from "../command-context.js";
import { displayName, readBytes } from "../input-files.js";
import { jsonText } from "../terminal/escape-text.js";
import { styleFor } from "../terminal/style.js";
import { writeOutput } from "../terminal/write-output.js";
import { moduleReport } from "./module-report.js";
import { reportText } from "./report-text.js";

const HELP = `
Exit status:
  0  the module can run as a guard
  1  it cannot, or the file is no WebAssembly module, or cannot be read
  2  the command line makes no sense

Examples:
  guardhost inspect filesystem.wasm
  guardhost inspect --json filesystem.wasm | jq -r .integrity`;

interface InspectOptions {
  readonly json?: true;
  readonly allowDirectMemory?: true;
}

/** Adds `guardhost inspect`. A module that cannot run as a guard sets the exit status to 1. */
export function addInspectCommand(program: Command, context: CommandContext): void {
  program
    .command("inspect")
    .summary("describe a module, and say whether it can run as a guard")
    .description(
      "Says what a module exports, imports and needs, and whether it can run as a guard under the default limits. " +
        "Nothing of the module is run.",
    )
    .argument("<guard.wasm>", 'the module, or "-" for standard input')
    .option("--json", "print one line of JSON instead of text")
    .option("--allow-direct-memory", "accept guards that do not export alloc and dealloc")
    .addHelpText("after", HELP)
    .action(async (path: string, options: InspectOptions) => {
      const { stdin, stdout } = context.streams;
      const bytes = await readBytes(path, stdin);
      const limits = resolveLimits({ allowDirectMemory: options.allowDirectMemory ?? false });
      const report = await aboutModule(path, () => moduleReport(bytes, limits));
      context.status = report.runnable ? 0 : 1;
      const text = options.json
        ? `${jsonText({ file: path, ...report }, { indented: false })}\n`
        : reportText(displayName(path), report, styleFor(stdout));
      await writeOutput(stdout, text);
    });
}
