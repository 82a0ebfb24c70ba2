import { cpus, totalmem } from "node:os";

const GIB = 2 ** 30;

/** A table in Markdown. Columns of figures are aligned at their ends. */
export function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const alignment = columns.map((_, index) => (index === 0 ? "---" : "---:"));
  return [line(columns), line(alignment), ...rows.map(line)].join("\n");
}

const UNITS = ["µs", "ms", "s"] as const;

/** A number of microseconds below 1,000 s, to three digits, in the unit that suits it. */
export function duration(microseconds: number): string {
  let value = Number(microseconds.toPrecision(3));
  let unit = 0;
  for (; value >= 1_000; unit++) value /= 1_000;
  return `${value.toPrecision(3)} ${UNITS[unit]}`;
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
