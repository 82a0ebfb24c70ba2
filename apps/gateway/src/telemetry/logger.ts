import type { GuardLogger } from "@guardhost/core";

/** What the gateway logs with. Fields hold names and codes: never arguments, results, labels of secrets, or credentials. */
export type Logger = GuardLogger;

/** From the least to the most serious. */
const LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LEVELS)[number];

/** Takes whole lines. */
interface LineSink {
  write(text: string): unknown;
}

/** A logger that writes a line of JSON for each message of at least this level. Standard output is MCP's, so not there. */
export function jsonLogger(sink: LineSink, least: LogLevel): Logger {
  return loggerOf((level, fields, message) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    sink.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
  });
}

/** A logger whose messages say this much more. */
export function withFields(logger: Logger, fields: object): Logger {
  return loggerOf((level, more, message) => logger[level]({ ...fields, ...more }, message));
}

function loggerOf(write: (level: LogLevel, fields: object, message: string) => void): Logger {
  const at = (level: LogLevel) => (fields: object, message: string) => write(level, fields, message);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
