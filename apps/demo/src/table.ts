/** A column: its heading, and how many characters of a line it may fill. */
export interface Column {
  readonly heading: string;
  readonly width: number;
}

/** Cells by column. */
export type Row = readonly string[];

const GAP = "  ";

/** Rows as lines in which cells stand below their headings. What is longer than its column goes on below. */
export class Table {
  readonly #columns: readonly Column[];

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
  }

  header(): string {
    return this.#line(this.#columns.map(({ heading }) => heading));
  }

  row(cells: Row): string {
    const wrapped = cells.map((cell, i) => wrap(cell, this.#columns[i]?.width ?? cell.length));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, y) => this.#line(wrapped.map((lines) => lines[y] ?? ""))).join(
      "\n",
    );
  }

  #line(cells: Row): string {
    return cells
      .map((cell, i) => cell.padEnd(this.#columns[i]?.width ?? 0))
      .join(GAP)
      .trimEnd();
  }
}

/**
 * Breaks text at blanks, and words that are too long after a slash or colon or, without one, anywhere. Lines after the
 * first keep the indentation.
 */
function wrap(text: string, width: number): string[] {
  const indent = /^ */.exec(text)?.[0] ?? "";
  const lines: string[] = [];
  let line = indent;
  for (const word of text.trimStart().split(" ")) {
    const separator = line === indent ? "" : " ";
    if (line.length + separator.length + word.length <= width) {
      line += separator + word;
      continue;
    }
    if (line !== indent) lines.push(line);
    line = indent + word;
    while (line.length > width) {
      const end = indent.length + breakWithin(line.slice(indent.length, width));
      lines.push(line.slice(0, end));
      line = indent + line.slice(end);
    }
  }
  return [...lines, line];
}

/** How much of `text`, the start of a word, goes on the line that it fills. A separator that it begins with stays. */
function breakWithin(text: string): number {
  const separator = Math.max(text.lastIndexOf("/"), text.lastIndexOf(":"));
  return separator > 0 ? separator + 1 : text.length;
}
