import type { GuardHost, GuardLogLevel } from "../engine.js";
import { encodeJson } from "../json/encode-json.js";
import { parseUntrustedJson } from "../json/parse-untrusted-json.js";
import { isThenable } from "../time/is-thenable.js";

/** A {@link GuardHost} whose backend speaks JSON text, which crosses from one thread to another. */
export interface JsonHost {
  /**
   * Asks the backend.
   *
   * @param args what the guest wrote: JSON, perhaps; nothing at all stands for null
   * @returns the answer as JSON in UTF-8
   * @throws whatever went wrong; the guest sees it as -1
   */
  askBackend(
    tool: string,
    args: string,
    options: { readonly signal: AbortSignal },
  ): Uint8Array | Promise<Uint8Array>;
  /** As {@link GuardHost.log}. */
  log(level: GuardLogLevel, message: string): void;
}

/** Parses what the guest asks `host` for, and encodes what it answers. */
export function jsonHostOf(host: GuardHost): JsonHost {
  return {
    askBackend(tool, args, options) {
      const value = args === "" ? null : parseUntrustedJson(args);
      const answer = host.callBackend(tool, value, options);
      return isThenable(answer) ? Promise.resolve(answer).then(encodeAnswer) : encodeAnswer(answer);
    },
    log: (level, message) => host.log(level, message),
  };
}

function encodeAnswer(answer: unknown): Uint8Array {
  return encodeJson(answer ?? null);
}
