import { GuardError } from "@guardhost/core";
import type { Denial, WithheldPart } from "@guardhost/difc";
import { AgentLabelError } from "../agent/agent-label-error.js";
import { MCP_ERROR_CODES, McpError } from "../protocol/mcp-error.js";
import { StoreError } from "./call-store.js";

interface RefusalDetails {
  readonly denial?: Denial | undefined;
  readonly withheld?: readonly WithheldPart[] | undefined;
  readonly failedServer?: string | undefined;
}

/** Why something is not let through: what the client is told, and all that the monitor has said. Never leaves the package. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly error: McpError;
  readonly denial: Denial | undefined;
  readonly withheld: readonly WithheldPart[];
  /** The server whose guard has failed, if it need not be the request's. */
  readonly failedServer: string | undefined;

  constructor(error: McpError, { denial, withheld = [], failedServer }: RefusalDetails = {}) {
    super(error.message, { cause: error });
    this.error = error;
    this.denial = denial;
    this.withheld = withheld;
    this.failedServer = failedServer;
  }

  /** Whether it is about what the agent wanted, and not about how it was said. */
  get isVerdict(): boolean {
    const { code } = this.error;
    return code !== MCP_ERROR_CODES.invalidParams && code !== MCP_ERROR_CODES.methodNotFound;
  }
}

const CARRIED_OUT = "It has been carried out and must not be repeated; only its result is withheld.";

/** Refuses by the monitor's word, which says already whether the call was carried out. */
export function refusalOf(denial: Denial, withheld?: readonly WithheldPart[]): Refusal {
  const { code, forAgent, isExecuted, cause } = denial;
  const kind = code === "labels" ? "guardFailed" : "denied";
  const options = cause === undefined ? {} : { cause };
  const error = McpError.of(kind, forAgent.message, { denial: code, isExecuted }, options);
  return new Refusal(error, { denial, withheld });
}

/** Refuses an interim result of which a part is withheld. */
export function interimRefusal(withheld: readonly WithheldPart[]): Refusal {
  const message = "[Filtered] The server asks for something that this agent may not know.";
  return new Refusal(McpError.of("denied", message, { denial: "flow", isExecuted: false }), { withheld });
}

/**
 * Refuses because something has failed. No message of the failure reaches the client: it may quote what it is about.
 *
 * @param isExecuted whether the server has the request already
 */
export function refusalFor(cause: unknown, isExecuted: boolean): Refusal {
  if (cause instanceof StoreError) {
    const afterwards = isExecuted ? ` ${CARRIED_OUT}` : "";
    const message = `The labels of this agent cannot be reached, so nothing can be decided. Try again later.${afterwards}`;
    return new Refusal(McpError.of("stateUnavailable", message, { isExecuted }, { cause }));
  }
  if (cause instanceof AgentLabelError) {
    const message = `The guard of the server ${JSON.stringify(cause.server)} could not label this agent`;
    return guardRefusal(message, { cause: cause.cause, isExecuted }, cause.server);
  }
  const subject = isExecuted ? "the result" : "the request";
  return guardRefusal(`The guard of this server could not judge ${subject}`, { cause, isExecuted });
}

function guardRefusal(
  message: string,
  { cause, isExecuted }: { readonly cause: unknown; readonly isExecuted: boolean },
  failedServer?: string,
): Refusal {
  const guard = GuardError.is(cause) ? cause.code : undefined;
  const why = guard === undefined ? "" : ` (${guard}${adviceFor(guard)})`;
  const afterwards = isExecuted ? ` ${CARRIED_OUT}` : "";
  const details = { ...(guard === undefined ? {} : { guard }), isExecuted };
  const error = McpError.of("guardFailed", `${message}${why}.${afterwards}`, details, { cause });
  return new Refusal(error, { failedServer });
}

function adviceFor(code: string): string {
  return code === "BUSY" || code === "UNHEALTHY" || code === "TIMEOUT" ? "; try again later" : "";
}
