import { integrityOf, MAX_PAGES, resolveLimits } from "@guardhost/core";
import { prepareGuard } from "@guardhost/native";
import { type Command, InvalidArgumentError } from "commander";
import { aboutModule } from "../about-module.js";
import type { CommandContext } from "../command-context.js";
import { displayName, readBytes } from "../input-files.js";
import { assertOtherFile, writeBytes } from "../output-files.js";
import { escapeText } from "../terminal/escape-text.js";
import { writeOutput } from "../terminal/write-output.js";

const HELP = `
What it writes is meant for runtimes that may not compile at run time: bundle it as a
WebAssembly.Module, and load it with prepared: true. It is still a guard: loaded as bytes it is
verified, by the original that it holds. Other bytes need none of this: loadGuard prepares them itself.

Exit status:
  0  the prepared module is written
  1  the module cannot run as a guard, or a file cannot be read or written
  2  the command line makes no sense

Example:
  guardhost prepare filesystem.wasm -o filesystem.prepared.wasm`;

interface PrepareOptions {
  readonly output: string;
  readonly maxMemoryPages?: number;
  readonly maxTableElements?: number;
  readonly allowDirectMemory?: true;
  readonly omitOriginal?: boolean;
}

/** Adds `guardhost prepare`. */
export function addPrepareCommand(program: Command, context: CommandContext): void {
  program
    .command("prepare")
    .summary("rewrite a guard ahead of time, so that it can be stopped and cannot grow")
    .description(
      "Checks that a module can run as a guard, caps its memory and tables, and adds the interrupt checks by which a host stops it.",
    )
    .argument("<guard.wasm>", 'the module, or "-" for standard input')
    .requiredOption("-o, --output <file>", 'where the prepared module goes, or "-" for standard output')
    .option("--max-memory-pages <n>", "pages of 64 KiB that it may grow to; 512 unless given", parsePages)
    .option("--max-table-elements <n>", "elements that a table may grow to; 100000 unless given", parseCount)
    .option(
      "--omit-original",
      "leave the guard as it was out: half the size, and loads as a compiled module only",
    )
    .option("--allow-direct-memory", "accept guards that do not export alloc and dealloc")
    .addHelpText("after", HELP)
    .action(async (path: string, { output, omitOriginal = false, ...limits }: PrepareOptions) => {
      await assertOtherFile(output, path);
      const bytes = await readBytes(path, context.streams.stdin);
      const settings = { keepOriginal: !omitOriginal };
      const prepared = await aboutModule(path, () => prepareGuard(bytes, resolveLimits(limits), settings));
      const remarks = await writeBytes(output, prepared, context.streams);
      const name = displayName(output, "standard output");
      const summary = `${name}: ${prepared.length} bytes, ${await integrityOf(prepared)}`;
      await writeOutput(remarks, `${escapeText(summary)}\n`);
    });
}

function parsePages(text: string): number {
  const pages = parseCount(text);
  if (pages >= 1 && pages <= MAX_PAGES) return pages;
  throw new InvalidArgumentError(`It must be from 1 to ${MAX_PAGES}.`);
}

function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new InvalidArgumentError("It must be a whole number from 0 up.");
}
