/** One thing that is wrong with a configuration, and where. */
export interface ConfigProblem {
  /** 1 for the first line. */
  readonly line: number;
  /** 1 for the first column. */
  readonly column: number;
  /** Where in the document, for instance `mcpServers.files.guard`; empty for the document itself. */
  readonly key: string;
  readonly message: string;
}

/** A configuration that cannot be used. Its message has a line for each problem, with file, line, column and key. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ line, column, key, message }) => {
      const place = `${file}:${line}:${column}`;
      const text = message.trim().replaceAll(/\s*\n\s*/g, " ");
      return key === "" ? `${place}: ${text}` : `${place}: ${key}: ${text}`;
    });
    super(lines.join("\n"));
    this.problems = problems;
  }
}
