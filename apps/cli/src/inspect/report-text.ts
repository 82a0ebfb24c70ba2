import { formatSignature, PAGE_BYTES } from "@guardhost/core";
import { escapeText, showName } from "../terminal/escape-text.js";
import type { Style } from "../terminal/style.js";
import type { EffectiveSize, ModuleReport } from "./module-report.js";

type Row = readonly string[];

/** The report for people, every line ended. Names of the module are escaped. */
export function reportText(name: string, report: ModuleReport, style: Style): string {
  const sections = [
    [style.heading(escapeText(name)), ...table(factRows(report))],
    section(
      style.heading("exports"),
      report.exports.map(({ name, kind, signature }) => [
        showName(name),
        signature === undefined ? kind : formatSignature(signature),
      ]),
    ),
    section(
      style.heading("imports"),
      distinct(
        report.imports.map(({ module, name, kind, signature }) => [
          `${showName(module)}.${showName(name)}`,
          signature === undefined ? kind : formatSignature(signature),
        ]),
      ),
    ),
    section(
      style.heading("custom sections"),
      report.customSections.map(({ name, bytes }) => [showName(name), `${number(bytes)} bytes`]),
    ),
    verdict(report, style),
    report.notes.map((note) => `note: ${escapeText(note)}`),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function factRows(report: ModuleReport): Row[] {
  const { prepared, original } = report;
  const functions = count(report.functions, "function");
  return [
    [
      "size",
      `${count(report.bytes, "byte")}, ${original === undefined ? functions : "with the original in it"}`,
    ],
    ["integrity", report.integrity],
    ...(prepared === undefined ? [] : [["prepared", preparedText(prepared)]]),
    ...(original === undefined
      ? []
      : [
          ["original", `${count(original.bytes, "byte")}, ${functions}; all below is about it`],
          ["  integrity", original.integrity],
        ]),
    ...report.memories.map((memory) => ["memory", memoryText(memory)]),
    ...report.tables.map((table) => [
      "table",
      `${showName(table.element)}, ${sizeText(table, number, "elements")}`,
    ]),
    [
      "buffers",
      report.buffers === "allocator" ? "its own alloc and dealloc" : "direct memory, without an allocator",
    ],
    ["start section", report.start ? "yes, runs code when the guard is opened" : "none"],
    ["features", list(report.features)],
    ["WASI calls", list(report.wasiCalls.map(showName))],
  ];
}

function preparedText({ maxMemoryPages, maxTableElements }: NonNullable<ModuleReport["prepared"]>): string {
  return `yes, for ${count(maxMemoryPages, "page")} and ${count(maxTableElements, "element")}`;
}

function memoryText(memory: ModuleReport["memories"][number]): string {
  return sizeText(memory, (pages) => `${number(pages)} (${bytesText(pages * PAGE_BYTES)})`, "pages");
}

function sizeText(
  { min, max, effectiveMax, imported }: ModuleReport["memories"][number] & EffectiveSize,
  format: (size: number) => string,
  unit: string,
): string {
  const declared = `${imported ? "imported, " : ""}declares ${number(min)} to ${max === undefined ? "any number of" : number(max)} ${unit}`;
  return effectiveMax === undefined
    ? `${declared}, more than it may have`
    : `${declared}, may grow to ${format(effectiveMax)}`;
}

function verdict({ runnable, problems }: ModuleReport, style: Style): string[] {
  if (runnable) return [style.good("It can run as a guard.")];
  return [
    style.bad("It cannot run as a guard. It"),
    ...problems.map((problem) => `  - ${escapeText(problem)}`),
  ];
}

function section(heading: string, rows: readonly Row[]): string[] {
  return rows.length === 0 ? [] : [heading, ...table(rows)];
}

/** The rows without those that repeat an earlier one. */
function distinct(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [row.join("\n"), row])).values()];
}

/** Rows of two columns, indented. */
function table(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([first = ""]) => first.length));
  return rows.map(([first = "", second = ""]) => `  ${first.padEnd(width)}  ${second}`);
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}

function count(size: number, unit: string): string {
  return `${number(size)} ${unit}${size === 1 ? "" : "s"}`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function bytesText(bytes: number): string {
  return bytes < 2 ** 20 ? `${bytes / 2 ** 10} KiB` : `${number(bytes / 2 ** 20)} MiB`;
}
