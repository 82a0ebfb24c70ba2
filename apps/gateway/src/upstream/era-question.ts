import { ProtocolError, SdkError, SdkErrorCode } from "@modelcontextprotocol/client";

/**
 * How a server is asked whether it knows the newer era of MCP, before it counts as one of the older:
 *
 * - `brief`: for a few seconds, as many that do not know it do not answer at all.
 * - `none`: not at all, as some end, or never answer anything, when they are asked.
 * - `patient`: for almost as long as a server may take to start, as some know nothing else.
 */
export type EraQuestion = "brief" | "none" | "patient";

/** Milliseconds for the answer. */
export const ANSWER_TIMEOUT_MS: Readonly<Record<Exclude<EraQuestion, "none">, number>> = {
  brief: 5_000,
  patient: 25_000,
};

/** How to ask next, after a connection that has failed because of `cause`. */
export function nextQuestion(last: EraQuestion, cause: unknown): EraQuestion {
  // It has been taken for one of the older era, and is not.
  if (last === "none" || cause instanceof ProtocolError) return "patient";
  const isBadlyTaken =
    cause instanceof SdkError &&
    (cause.code === SdkErrorCode.EraNegotiationFailed || cause.code === SdkErrorCode.RequestTimeout);
  return isBadlyTaken ? "none" : "brief";
}
