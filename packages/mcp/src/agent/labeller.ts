import type {
  CallOptions,
  Guard,
  ResponseLabels as GuardResponseLabels,
  GuardSession,
  ToolCall,
} from "@guardhost/core";
import type { AgentAnswer, BuiltInGuard, ResourceAnswer, ResponseLabels } from "@guardhost/difc";
import type { Exchange } from "../call/exchange.js";
import { type GuardedServer, isLoadedGuard } from "../server/guarded-server.js";
import { GuardBackend, type ToolRefusalListener } from "./guard-backend.js";

/** What labels the calls of one agent on one server. */
export interface Labeller {
  labelAgent(exchange: Exchange): Promise<AgentAnswer>;
  labelResource(call: ToolCall, exchange: Exchange): Promise<ResourceAnswer>;
  labelResponse(call: ToolCall, result: unknown, exchange: Exchange): Promise<ResponseLabels>;
  close(): Promise<void>;
}

/** For whom it is, and who hears of it. */
export interface LabellerContext {
  readonly principal: string;
  /** Told of the first tool that a guard may not call, and has tried to. */
  readonly onToolRefused: ToolRefusalListener;
}

/** A labeller of its own for one agent: guards keep the policy of an agent in their memory. */
export function createLabeller(server: GuardedServer, context: LabellerContext): Labeller {
  const { guard } = server;
  return isLoadedGuard(guard) ? guardLabeller(server, guard, context) : builtInLabeller(guard);
}

function guardLabeller(
  server: GuardedServer,
  guard: Guard,
  { principal, onToolRefused }: LabellerContext,
): Labeller {
  const backend = new GuardBackend(server, onToolRefused);
  const { policy, timeoutMs } = server;
  // Not before somebody asks: a guard that was closed fails its own calls, and nothing else.
  let session: GuardSession | undefined;
  const ask = () => {
    session ??= guard.session({ principal, backend: (call, options) => backend.answer(call, options) });
    return session;
  };
  const optionsOf = ({ signal }: Exchange): CallOptions => ({ signal, timeoutMs });
  return {
    labelAgent: (exchange) => backend.serve(exchange, () => ask().labelAgent(policy, optionsOf(exchange))),
    labelResource: (call, exchange) =>
      backend.serve(exchange, () => ask().labelResource(call, optionsOf(exchange))),
    labelResponse: (call, result, exchange) =>
      backend.serve(
        exchange,
        (): Promise<GuardResponseLabels> => ask().labelResponse(call, result, optionsOf(exchange)),
      ),
    close: async () => session?.close(),
  };
}

function builtInLabeller(guard: BuiltInGuard): Labeller {
  return {
    labelAgent: async () => guard.labelAgent(),
    labelResource: async (call) => guard.labelResource(call),
    labelResponse: async () => guard.labelResponse(),
    close: async () => undefined,
  };
}
