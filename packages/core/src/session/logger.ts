import { isThenable } from "../time/is-thenable.js";

/** A logger of the shape that pino and console share. Never gets arguments, results, or identities. */
export interface GuardLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Nothing is logged unless the caller wants it: a gateway's standard output belongs to MCP. */
export const silentLogger: GuardLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A logger that a failure of `logger` cannot leave: a broken log must not decide what flows. */
export function failSafe(logger: GuardLogger): GuardLogger {
  const guarded = (level: keyof GuardLogger) => (fields: object, message: string) =>
    failSafely(() => logger[level](fields, message));
  return { debug: guarded("debug"), info: guarded("info"), warn: guarded("warn"), error: guarded("error") };
}

/** Tells somebody who only listens. What the telling throws is dropped. */
export function failSafely(tell: () => unknown): void {
  try {
    // What returns a promise passes for what returns nothing, to TypeScript.
    const told = tell();
    if (isThenable(told)) Promise.resolve(told).catch(() => undefined);
  } catch {
    // There is nobody left to tell.
  }
}
