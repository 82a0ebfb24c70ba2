import {
  type AgentLabels,
  anyObjectPolicy,
  GuardError,
  type GuardErrorCode,
  type GuardSession,
  loadGuard,
  native,
  type ResourceLabels,
} from "@guardhost/native";
import type { Client } from "@modelcontextprotocol/client";
import { startFilesystemServer } from "./filesystem-server.js";
import { mayCall, mayRead } from "./flow-rules.js";
import { policy } from "./policy.js";
import { prefetchedBackend } from "./prefetched-backend.js";
import { type Part, responseParts } from "./response-parts.js";
import { copySampleFiles } from "./sample-share.js";
import { type Step, script } from "./script.js";

/**
 * What the agent gets: everything, some parts, nothing because of the response's labels, or nothing because the call
 * never reached the server.
 */
type Outcome = "delivered" | "partly delivered" | "withheld" | "refused";

/** What became of a step: what the guard said, and what a gateway makes of it. */
export interface StepReport extends Step {
  readonly outcome: Outcome;
  /** Why the guard could not judge the call, which was refused therefore. */
  readonly reason?: GuardErrorCode;
  /** Absent when the guard could not judge the call. */
  readonly labels?: ResourceLabels;
  /** Absent when the call was refused and never reached the server. */
  readonly parts?: readonly ReportedPart[];
}

/** A part of a response that the agent gets, or does not get. */
interface ReportedPart extends Part {
  readonly delivered: boolean;
}

/** What became of the whole script. */
export interface DemoReport {
  readonly agent: AgentLabels;
  readonly steps: readonly StepReport[];
}

interface Connection {
  readonly client: Client;
  readonly session: GuardSession;
  readonly signal: AbortSignal;
}

/**
 * Runs the script through the filesystem guard against a real server, as a gateway would. When `signal` is aborted, it
 * ends the server, removes its files and rejects.
 */
export async function runDemo(signal: AbortSignal): Promise<DemoReport> {
  await using share = await copySampleFiles();
  signal.throwIfAborted();
  await using server = await startFilesystemServer(share.directory, signal);
  const { client } = server;
  await using guard = await loadGuard(new URL(import.meta.resolve("@guardhost/guards/filesystem.wasm")), {
    engine: native(),
    // The policy is of this guard's own kind, and the guard checks it itself.
    policySchema: anyObjectPolicy,
  });
  const session = guard.session({ backend: await prefetchedBackend(client) });

  const agent = await session.labelAgent(policy);
  const steps: StepReport[] = [];
  for (const step of script) steps.push(await runStep(step, agent, { client, session, signal }));
  return { agent, steps };
}

/** Label the resource, check, call, label the response, check again: the life of every call in a gateway. */
async function runStep(
  step: Step,
  { agent }: AgentLabels,
  { client, session, signal }: Connection,
): Promise<StepReport> {
  signal.throwIfAborted();
  const { call } = step;
  const { labels, reason } = await labelResource(session, step);
  if (labels === undefined) return { ...step, reason, outcome: "refused" };
  if (!mayCall(agent, labels.resource, labels.operation)) return { ...step, labels, outcome: "refused" };

  const result = await client.callTool(call, { signal });
  const response = await session.labelResponse(call, result);
  const parts = responseParts(result, response, labels.resource).map((part) => ({
    ...part,
    delivered: mayRead(agent, part.labels),
  }));
  return { ...step, labels, parts, outcome: outcomeOf(parts) };
}

function outcomeOf(parts: readonly ReportedPart[]): Outcome {
  if (parts.every(({ delivered }) => delivered)) return "delivered";
  return parts.some(({ delivered }) => delivered) ? "partly delivered" : "withheld";
}

/** What the guard says about a call, or why it says nothing. */
type Judgement =
  | { readonly labels: ResourceLabels; readonly reason?: never }
  | { readonly labels?: never; readonly reason: GuardErrorCode };

/** A guard may answer that it cannot judge the call, which is refused then. Other errors are ours. */
async function labelResource(session: GuardSession, { call }: Step): Promise<Judgement> {
  try {
    return { labels: await session.labelResource(call) };
  } catch (error) {
    if (GuardError.is(error, "GUEST_ERROR")) return { reason: error.code };
    throw error;
  }
}
