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
  /** Its author is to know why: the error reaches nobody but the guest, as -1. */
  function parse(args: string): unknown {
    try {
      return parseUntrustedJson(args);
    } catch (error) {
      host.log("warn", `(call_backend: the text ${(error as Error).message})`);
      throw error;
    }
  }

  return {
    askBackend(tool, args, options) {
      const answer = host.callBackend(tool, args === "" ? null : parse(args), options);
      return isThenable(answer) ? Promise.resolve(answer).then(encodeAnswer) : encodeAnswer(answer);
    },
    log: (level, message) => host.log(level, message),
  };
}

function encodeAnswer(answer: unknown): Uint8Array {
  return encodeJson(answer ?? null);
}
