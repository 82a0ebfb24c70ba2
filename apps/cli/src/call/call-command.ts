import { type GuardOperation, LABEL_FUNCTIONS } from "@guardhost/core";
import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import type { CommandContext } from "../command-context.js";
import { STANDARD_STREAM } from "../input-files.js";
import { jsonText } from "../terminal/escape-text.js";
import { writeOutput } from "../terminal/write-output.js";
import { type CallOptions, callGuard } from "./call-guard.js";
import { ENGINE_NAMES } from "./engines.js";

const HELP = `
The policy is any JSON object. One with the key "allow-only" is checked and normalised as
gateways do it, any other goes to the guard as it is.

The input of label_resource is {"name": …, "arguments": …}, that of label_response is
{"call": {"name": …, "arguments": …}, "result": …}. What guards themselves get is accepted too:
{"tool_name": …, "tool_args": …, "tool_result": …}.

Every file name may be "-" for standard input, one of them at a time.

Exit status:
  0  the labels are on standard output, as JSON
  1  they could not be had; standard error says why
  2  the command line makes no sense

Examples:
  guardhost call filesystem.wasm label_agent --policy policy.json
  echo '{"name": "read_text_file", "arguments": {"path": "a.txt"}}' |
    guardhost call filesystem.wasm label_resource --policy policy.json --input -`;

/** Adds `guardhost call`. */
export function addCallCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("call")
    .summary("run a label function of a guard and print the labels")
    .description("Gives a guard its policy, runs one of its label functions and prints the labels as JSON.")
    .argument("<guard.wasm>", "the guard")
    .addArgument(new Argument("<operation>", "the label function").choices(LABEL_FUNCTIONS))
    .requiredOption("--policy <file>", "the policy, which is all that label_agent needs")
    .option("--input <file>", "the tool call of label_resource, or call and result of label_response")
    .option("--backend <file>", "results of the guard's own backend calls, by tool name; without, they fail")
    .addOption(new Option("--engine <name>", "what runs the guard").choices(ENGINE_NAMES).default("native"))
    .option("--timeout <ms>", "milliseconds for each call of the guard; 10000 unless given", parseTimeout)
    .option("--allow-direct-memory", "accept guards that do not export alloc and dealloc")
    .option("--log", "print what the guard logs, and why its backend calls fail, on standard error")
    .option("--json", "print the labels on one line instead of indented")
    .addHelpText("after", HELP)
    .action(async (path: string, operation: GuardOperation, options: CallOptions) => {
      assertUsage(command, path, operation, options);
      const labels = await callGuard(path, operation, options, context);
      await writeOutput(context.streams.stdout, `${jsonText(labels, { indented: !options.json })}\n`);
    });
}

/** What the parser cannot know: which options go with which operation. */
function assertUsage(command: Command, path: string, operation: GuardOperation, options: CallOptions): void {
  const { policy, input, backend } = options;
  if (operation === "label_agent" && input !== undefined) {
    command.error("error: label_agent takes no '--input'; its input is the policy");
  }
  if (operation !== "label_agent" && input === undefined) {
    command.error(`error: ${operation} needs '--input <file>'`);
  }
  if ([path, policy, input, backend].filter((file) => file === STANDARD_STREAM).length > 1) {
    command.error("error: only one file can be standard input");
  }
}

function parseTimeout(text: string): number {
  const timeoutMs = Number(text);
  if (text.trim() !== "" && timeoutMs > 0) return timeoutMs;
  throw new InvalidArgumentError("It must be a number of milliseconds above 0.");
}
