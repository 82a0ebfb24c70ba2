import type { GuardErrorCode } from "@guardhost/core";
import type { DenialCode } from "@guardhost/difc";

/**
 * Codes of errors. Those of our own lie in the part of JSON-RPC's range that MCP leaves to implementations, and apart from
 * those that SDKs of MCP use for themselves.
 */
export const MCP_ERROR_CODES: Readonly<Record<McpErrorKind, number>> = Object.freeze({
  denied: -32010,
  guardFailed: -32011,
  stateUnavailable: -32012,
  upstreamFailed: -32013,
  unavailable: -32014,
  methodNotFound: -32601,
  invalidParams: -32602,
});

/** The name of one of {@link MCP_ERROR_CODES}. */
export type McpErrorKind =
  /** The policy forbids it. */
  | "denied"
  /** The guard could not judge it. */
  | "guardFailed"
  /** The labels of the agent could not be read or stored. */
  | "stateUnavailable"
  /** The server could not be reached, or answered what is no result. */
  | "upstreamFailed"
  /** The gateway ends, or has too many agents at work. */
  | "unavailable"
  | "methodNotFound"
  | "invalidParams";

/** What an error tells programs beside its code. Holds nothing of requests and results. */
export interface McpErrorData {
  readonly kind: McpErrorKind;
  /** Why the monitor denies. */
  readonly denial?: DenialCode;
  /** Why the guard failed. */
  readonly guard?: GuardErrorCode;
  /** Whether the server has carried the request out, so that repeating it does it twice. */
  readonly isExecuted?: boolean;
}

/** Survives bundling and duplicate installs, where `instanceof` does not. */
const brand: unique symbol = Symbol.for("guardhost.McpError") as never;

/** A protocol error to answer a request with: `code`, `message` and `data` are JSON-RPC's, and made for the agent. */
export class McpError extends Error {
  override readonly name = "McpError";
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.data = data;
    Object.defineProperty(this, brand, { value: true });
  }

  /** An error of one of our own kinds. */
  static of(
    kind: McpErrorKind,
    message: string,
    details: Omit<McpErrorData, "kind"> = {},
    options: ErrorOptions = {},
  ): McpError {
    return new McpError(MCP_ERROR_CODES[kind], message, { kind, ...details } satisfies McpErrorData, options);
  }

  /** Whether `error` is an McpError, of any copy of this package. */
  static is(error: unknown): error is McpError {
    return typeof error === "object" && error !== null && brand in error;
  }
}
