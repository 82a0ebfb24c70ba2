import type { Agent } from "../agent/agent.js";
import { AgentLabelError } from "../agent/agent-label-error.js";
import type { DecisionPhase } from "../decision/decision-record.js";
import type { RequestRecorder } from "../decision/recorder.js";
import { McpError } from "../protocol/mcp-error.js";
import type { Exchange } from "./exchange.js";
import { Refusal, refusalFor } from "./refusal.js";

/** What decisions need to know. */
export interface DecisionContext {
  readonly agent: Agent;
  readonly exchange: Exchange;
  readonly recorder: RequestRecorder;
  readonly isEnforced: boolean;
}

/** What is decided about. */
export interface DecisionSubject {
  readonly phase: DecisionPhase;
  /** Whether the server has carried the request out by now. */
  readonly isExecuted: boolean;
}

/**
 * Makes a decision, which is what `work` resolves with. Whatever it throws is a refusal, but for an abort: it is recorded, and
 * thrown as a Refusal if decisions are enforced. Resolves with undefined where it would have been thrown.
 */
export async function decide<T>(
  { agent, exchange, recorder, isEnforced }: DecisionContext,
  { phase, isExecuted }: DecisionSubject,
  work: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    exchange.signal.throwIfAborted();
    agent.noteFailure(error instanceof AgentLabelError ? error.cause : error);
    const refusal = toRefusal(error, isExecuted);
    recorder.refused(phase, refusal);
    if (isEnforced) throw refusal;
    return undefined;
  }
}

function toRefusal(error: unknown, isExecuted: boolean): Refusal {
  if (error instanceof Refusal) return error;
  return McpError.is(error) ? new Refusal(error) : refusalFor(error, isExecuted);
}
