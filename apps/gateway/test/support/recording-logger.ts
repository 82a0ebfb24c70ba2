import type { Logger } from "../../src/telemetry/logger.js";

/** What was logged, in order. */
export interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: object;
}

/** A logger that keeps what it gets. */
export function recordingLogger(): { readonly logger: Logger; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const note = (level: keyof Logger) => (fields: object, message: string) => {
    lines.push({ level, message, fields });
  };
  return {
    logger: { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") },
    lines,
  };
}
