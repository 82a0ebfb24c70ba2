import { type Backend, GuardError, type GuardLogger, type GuardOperation, loadGuard } from "@guardhost/core";
import { describe } from "@guardhost/rewrite";
import { aboutModule } from "../about-module.js";
import type { CommandContext } from "../command-context.js";
import { displayName, readBytes, readJson } from "../input-files.js";
import { reactorAdvice } from "../reactor-advice.js";
import { escapeText, showName } from "../terminal/escape-text.js";
import type { OutputStream, StandardStreams } from "../terminal/standard-streams.js";
import { UserError } from "../user-error.js";
import { type EngineName, loadEngine } from "./engines.js";
import { type Labelling, labelling } from "./labelling.js";
import { agentRefusal } from "./monitor-refusal.js";
import { policySchemaFor } from "./policy-schema.js";
import { recordedBackend } from "./recorded-backend.js";
import { stderrLogger } from "./stderr-logger.js";

/** Options of `guardhost call`. Files are given by name. */
export interface CallOptions {
  readonly policy: string;
  readonly input?: string;
  readonly backend?: string;
  readonly engine: EngineName;
  readonly timeout?: number;
  readonly allowDirectMemory?: true;
  readonly log?: true;
  readonly json?: true;
}

/**
 * Opens the guard in the file `path`, gives it its policy, and runs `operation`: labels, as core decodes them.
 * Warns of labels that no monitor takes. Leaves a hint in the context when the guard fails and only lacked a backend, or its `_start`.
 *
 * @throws UserError for files that are not what they must be, GuardError for everything about the guard
 */
export async function callGuard(
  path: string,
  operation: GuardOperation,
  options: CallOptions,
  context: CommandContext,
): Promise<object> {
  const { stdin, stderr } = context.streams;
  const policy = await readJson(options.policy, stdin);
  const label = await readLabelling(operation, options, stdin);
  const logger = options.log ? stderrLogger(stderr) : undefined;
  const unanswered: string[] = [];
  const backend = explained(await readBackend(options, stdin, unanswered), logger);
  const bytes = await readBytes(path, stdin);
  const engine = await loadEngine(options.engine);
  const loading = {
    engine,
    limits: { allowDirectMemory: options.allowDirectMemory ?? false },
    timeoutMs: options.timeout,
    policySchema: policySchemaFor(policy),
    logger,
    logGuestMessages: true,
  };
  const guard = await aboutModule(path, () => loadGuard(bytes, loading));
  try {
    const session = guard.session({ backend });
    const agent = await session.labelAgent(policy);
    warn(stderr, "label_agent", agentRefusal(agent));
    if (label === undefined) return agent;
    const { labels, refusal } = await label(session);
    warn(stderr, operation, refusal);
    return labels;
  } catch (error) {
    context.hint = callHint(error, unanswered, bytes);
    throw error;
  } finally {
    await guard.close();
  }
}

/** What to do once the guard has its policy; nothing for label_agent. */
async function readLabelling(
  operation: GuardOperation,
  { input }: CallOptions,
  stdin: StandardStreams["stdin"],
): Promise<Labelling | undefined> {
  if (operation === "label_agent" || input === undefined) return undefined;
  return labelling(operation, await readJson(input, stdin), displayName(input));
}

/** The recorded results or, without any, a backend that fails and notes in `unanswered` the tools it was asked for. */
async function readBackend(
  { backend: file }: CallOptions,
  stdin: StandardStreams["stdin"],
  unanswered: string[],
): Promise<Backend> {
  if (file !== undefined) return recordedBackend(await readJson(file, stdin), displayName(file));
  return ({ name }) => {
    unanswered.push(name);
    throw new UserError("there are no results for it, because no --backend was given");
  };
}

/** The host logs only that a backend call failed, since reasons may quote data. Here it is the caller's own. */
function explained(backend: Backend, logger: GuardLogger | undefined): Backend {
  return (call, options) => {
    try {
      return backend(call, options);
    } catch (error) {
      logger?.warn({ err: error }, `the backend has no result for ${JSON.stringify(call.name)}`);
      throw error;
    }
  };
}

/** Says that the call has succeeded for nothing, since a gateway goes on to refuse it. */
function warn(stderr: OutputStream, operation: GuardOperation, refusal: string | undefined): void {
  if (refusal === undefined) return;
  stderr.write(`${escapeText(`warning: gateways refuse what ${operation} says: ${refusal}`)}\n`);
}

/** What may help after a call that has failed, because of what it asked its backend for or of how the guard was built. */
function callHint(error: unknown, [tool]: readonly string[], bytes: Uint8Array): string | undefined {
  if (GuardError.is(error, "GUEST_ERROR")) return tool === undefined ? undefined : backendHint(tool);
  return GuardError.is(error, "TRAPPED") ? reactorAdvice(describe(bytes)) : undefined;
}

function backendHint(tool: string): string {
  return `the guard asked its backend for ${showName(tool)} in vain; give results with --backend, and see why with --log`;
}
