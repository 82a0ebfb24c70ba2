import { GuardError } from "@guardhost/core";
import { DifcError } from "@guardhost/difc";
import type { DecisionRecord } from "@guardhost/mcp";
import type { GatewayConfig } from "../config/gateway-config.js";
import type { Logger } from "./logger.js";

/**
 * Logs what says more of a decision than its own line, which what is not let through has already: which labels met, for those who write
 * policies; and why nothing could be decided.
 */
export function logDecision(
  logger: Logger,
  { enforcement, logGuestMessages }: Pick<GatewayConfig, "enforcement" | "logGuestMessages">,
  decision: DecisionRecord,
  failure: unknown,
): void {
  if (decision.decision === "allow") return;
  const level = enforcement === "audit" ? "info" : "debug";
  logger[level]({ decision }, "a decision, with the labels that met");
  const { agent, server, failedServer, tool, phase } = decision;
  const reason = reasonOf(failure, logGuestMessages);
  if (reason !== undefined) {
    logger.warn({ agent, server, failedServer, tool, phase, reason }, "why a request could not be judged");
  }
}

/** Why a guard, or what it has answered, was of no use. Messages of these errors quote neither calls nor answers. */
function reasonOf(failure: unknown, logGuestMessages: boolean): string | undefined {
  if (DifcError.is(failure)) return failure.message;
  if (!GuardError.is(failure)) return undefined;
  // Alone among them, this one may have words of the guard's own.
  if (failure.code === "GUEST_ERROR" && !logGuestMessages) {
    return "the guard has answered with an error; logGuestMessages shows it";
  }
  return failure.message;
}
