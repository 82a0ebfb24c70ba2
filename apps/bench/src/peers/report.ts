import { cpus, totalmem } from "node:os";

const GIB = 2 ** 30;

/** A table in Markdown. Columns of figures are aligned at their ends. */
export function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const alignment = columns.map((_, index) => (index === 0 ? "---" : "---:"));
  return [line(columns), line(alignment), ...rows.map(line)].join("\n");
}

/** A number of microseconds, with the unit that suits it. */
export function duration(microseconds: number): string {
  const [value, unit] = microseconds < 1_000 ? [microseconds, "µs"] : [microseconds / 1_000, "ms"];
  return `${value.toPrecision(3).replace(/e\+.*/, "")} ${unit}`;
}

/** A size as people write it. */
export function size(bytes: number): string {
  if (bytes >= 2 ** 20) return `${bytes / 2 ** 20} MiB`;
  return bytes >= 2 ** 10 ? `${bytes / 2 ** 10} KiB` : `${bytes} B`;
}

/** What the figures were taken on. */
export function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model ?? "unknown processor"}, ${Math.round(totalmem() / GIB)} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}
