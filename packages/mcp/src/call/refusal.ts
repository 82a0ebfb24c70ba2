import { GuardError } from "@guardhost/core";
import type { Denial, WithheldPart } from "@guardhost/difc";
import { MCP_ERROR_CODES, McpError } from "../protocol/mcp-error.js";
import { StoreError } from "./call-store.js";

/** Why something is not let through: what the client is told, and all that the monitor has said. Never leaves the package. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly error: McpError;
  readonly denial: Denial | undefined;
  readonly withheld: readonly WithheldPart[];

  constructor(error: McpError, denial?: Denial, withheld: readonly WithheldPart[] = []) {
    super(error.message, { cause: error });
    this.error = error;
    this.denial = denial;
    this.withheld = withheld;
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
  return new Refusal(
    McpError.of(kind, forAgent.message, { denial: code, isExecuted }, options),
    denial,
    withheld,
  );
}

/** Refuses an interim result of which a part is withheld. */
export function interimRefusal(withheld: readonly WithheldPart[]): Refusal {
  const message = "[Filtered] The server asks for something that this agent may not know.";
  return new Refusal(
    McpError.of("denied", message, { denial: "flow", isExecuted: false }),
    undefined,
    withheld,
  );
}

/**
 * Refuses because something has failed. No message of the failure reaches the client: it may quote what it is about.
 *
 * @param isExecuted whether the server has the request already
 */
export function refusalFor(cause: unknown, isExecuted: boolean): Refusal {
  const afterwards = isExecuted ? ` ${CARRIED_OUT}` : "";
  if (cause instanceof StoreError) {
    const message = `The labels of this agent cannot be reached, so nothing can be decided. Try again later.${afterwards}`;
    return new Refusal(McpError.of("stateUnavailable", message, { isExecuted }, { cause }));
  }
  const subject = isExecuted ? "the result" : "the request";
  if (GuardError.is(cause)) {
    const { code } = cause;
    const message = `The guard of this server could not judge ${subject} (${code}${adviceFor(code)}).${afterwards}`;
    return new Refusal(McpError.of("guardFailed", message, { guard: code, isExecuted }, { cause }));
  }
  const message = `The guard of this server could not judge ${subject}.${afterwards}`;
  return new Refusal(McpError.of("guardFailed", message, { isExecuted }, { cause }));
}

function adviceFor(code: string): string {
  return code === "BUSY" || code === "UNHEALTHY" || code === "TIMEOUT" ? "; try again later" : "";
}
