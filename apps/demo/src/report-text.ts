import type { Labels } from "@guardhost/native";
import type { DemoReport, StepReport } from "./run-demo.js";
import { type Row, Table } from "./table.js";

/** Decorates text for a terminal, or leaves it as it is. */
export type Style = (format: "bold" | "green" | "red" | "yellow", text: string) => string;

/** 100 characters with the gaps between them. */
const table = new Table([
  { heading: "CALL", width: 32 },
  { heading: "OPERATION", width: 10 },
  { heading: "SECRECY", width: 20 },
  { heading: "INTEGRITY", width: 19 },
  { heading: "OUTCOME", width: 11 },
]);

const LEGEND = `
refused   the call never reached the server; an error code says that the guard could not judge it
withheld  the server answered, and the agent gets nothing of it
`;

/** The report for people: what the guard said about each call, and about the parts of what came back. */
export function reportText({ agent: { agent, mode }, steps }: DemoReport, style: Style): string {
  return [
    "An agent uses @modelcontextprotocol/server-filesystem behind a gateway with a guard.",
    `It is cleared for ${tags(agent.secrecy)}, and trusts ${tags(agent.integrity)}; the mode is ${mode}.`,
    "",
    table.header(),
    ...steps.map((step) => stepText(step, style)),
    LEGEND,
  ].join("\n");
}

function stepText(step: StepReport, style: Style): string {
  const { title, call, labels, reason, parts = [] } = step;
  const callCell = `  ${call.name} ${argumentsText(call.arguments)}`;
  const cells = labels === undefined ? ["-", "-", "-"] : [labels.operation, ...labelCells(labels.resource)];
  // A part without a name is all of the response, and the row of the call says it all.
  const named = parts.filter(({ name }) => name !== undefined);
  return [
    `\n${style("bold", title)}`,
    rowText([callCell, ...cells], { outcome: outcomeText(step), reason }, style),
    ...named.map(({ name = "", labels, delivered }) =>
      rowText(
        [`    ${visible(name)}`, "", ...labelCells(labels)],
        { outcome: delivered ? "delivered" : "withheld" },
        style,
      ),
    ),
  ].join("\n");
}

function outcomeText({ outcome, parts = [] }: StepReport): string {
  if (outcome !== "partly delivered") return outcome;
  return `${parts.filter(({ delivered }) => delivered).length} of ${parts.length}`;
}

/** The end of a row. */
interface RowEnd {
  readonly outcome: string;
  readonly reason?: string | undefined;
}

/** The outcome ends the first line of a row, and is the only thing in colour. A reason does not fit beside it. */
function rowText(cells: Row, { outcome, reason }: RowEnd, style: Style): string {
  const end = reason === undefined ? outcome : `${outcome} ${reason}`;
  const [first = "", ...others] = table.row([...cells, end]).split("\n");
  const colour =
    outcome === "delivered" ? "green" : outcome === "refused" || outcome === "withheld" ? "red" : "yellow";
  return [first.slice(0, -outcome.length) + style(colour, outcome), ...others].join("\n");
}

function labelCells({ secrecy, integrity }: Labels): [string, string] {
  return [tags(secrecy), tags(integrity)];
}

function tags(label: readonly string[]): string {
  return label.length === 0 ? "-" : visible(label.join(", "));
}

/** The paths of a call; what it writes is of no interest here. */
function argumentsText(args: Readonly<Record<string, unknown>> = {}): string {
  const { content, ...others } = args;
  return visible(Object.values(others).flat().join(" "));
}

/** Names come from file systems and guards: whatever a terminal would act on becomes a question mark. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}
