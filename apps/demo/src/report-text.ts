import type { Report, StepReport } from "./run-scenario.js";
import { Table } from "./table.js";

/** Decorates text for a terminal, or leaves it as it is. */
export type Style = (format: "bold" | "green" | "red" | "yellow", text: string) => string;

/** 100 characters with the gaps between them. */
const table = new Table([
  { heading: "CALL", width: 32 },
  { heading: "OUTCOME", width: 9 },
  { heading: "WHAT THE AGENT GETS", width: 55 },
]);

/** Characters of an answer that are shown. */
const MAX_ANSWER = 160;

const COLOURS = { delivered: "green", filtered: "yellow", refused: "red" } as const;

/** The report for people. */
export function reportText({ server, steps }: Report, style: Style): string {
  return [
    `An agent uses @modelcontextprotocol/server-filesystem through ${visible(server)}.`,
    "This is the policy of its guard:",
    "",
    "  public       anybody may read it           engineering, the rest  internal, as the agent is",
    "  hr, legal    only hr, and only legal       inbox                  written by strangers",
    "",
    table.header(),
    ...steps.map((step) => stepText(step, style)),
    "",
    "Nothing of this is in the agent, nor in the server: the gateway asks the guard, a WebAssembly module,",
    "about every call and every answer. Keep it running for your own client with: start -- --serve",
    "",
  ].join("\n");
}

function stepText({ title, call, outcome, answer }: StepReport, style: Style): string {
  const [first = "", ...others] = table
    .row([`  ${call.name} ${argumentsText(call.arguments)}`, outcome, oneLine(answer)])
    .split("\n");
  const row = [first.replace(` ${outcome} `, ` ${style(COLOURS[outcome], outcome)} `), ...others];
  return `\n${style("bold", title)}\n${row.join("\n")}`;
}

/** The paths of a call; what it writes is of no interest here. */
function argumentsText(args: Readonly<Record<string, unknown>> = {}): string {
  const { content, ...others } = args;
  return visible(Object.values(others).flat().join(" "));
}

function oneLine(answer: string): string {
  const line = visible(answer.replace(/\s+/g, " ").trim());
  return line.length > MAX_ANSWER ? `${line.slice(0, MAX_ANSWER)} …` : line;
}

/** Names and texts come from files and servers: whatever a terminal would act on becomes a question mark. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}
