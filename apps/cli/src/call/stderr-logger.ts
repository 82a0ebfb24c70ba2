import type { GuardLogger } from "@guardhost/core";
import { escapeText } from "../terminal/escape-text.js";
import type { OutputStream } from "../terminal/standard-streams.js";

/** Prints what the guard logs, and what its host has to say, one line each, everything in it escaped. */
export function stderrLogger(stderr: OutputStream): GuardLogger {
  const print = (level: keyof GuardLogger) => (fields: object, message: string) => {
    const line =
      "guest" in fields ? `guard ${level}: ${fields.guest}` : `host ${level}: ${message}${detail(fields)}`;
    stderr.write(`${escapeText(line.replaceAll("\n", "\\n"))}\n`);
  };
  return { debug: print("debug"), info: print("info"), warn: print("warn"), error: print("error") };
}

function detail(fields: object): string {
  if ("err" in fields) return `: ${fields.err instanceof Error ? fields.err.message : String(fields.err)}`;
  return "code" in fields ? ` (${fields.code})` : "";
}
