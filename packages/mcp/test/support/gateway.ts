import {
  type GuardedMcp,
  type GuardMcpOptions,
  guardMcp,
  type HandleOptions,
  type McpRequest,
  type McpResult,
  type McpSession,
  type ServerOptions,
  type Upstream,
} from "../../src/index.js";
import { type FakeGuardBehaviour, fakeGuard } from "./fake-guard.js";

/** A text result of a tool. */
export function text(content: string): McpResult {
  return { content: [{ type: "text", text: content }] };
}

/** The texts of a tool result. */
export function textsOf(result: McpResult): string[] {
  return (result.content as { text: string }[]).map((block) => block.text);
}

/** What one server was asked. */
export interface Asked {
  readonly server: string;
  readonly request: McpRequest;
}

/** A gateway before one server, called `server`. */
export interface TestGateway {
  readonly guarded: GuardedMcp;
  readonly session: McpSession;
  readonly asked: Asked[];
  /** Calls a tool. */
  call(name: string, args?: Record<string, unknown>, options?: HandleOptions): Promise<McpResult>;
  /** Makes another request. */
  request(method: string, params?: Record<string, unknown>, options?: HandleOptions): Promise<McpResult>;
}

export interface GatewayPlan {
  readonly guard?: FakeGuardBehaviour;
  readonly server?: Partial<ServerOptions>;
  readonly options?: Partial<GuardMcpOptions>;
  readonly upstream?: Upstream;
}

/** A gateway in the mode `filter` before one server that answers `ok` to everything, unless the plan says otherwise. */
export function gateway({ guard, server, options, upstream }: GatewayPlan = {}): TestGateway {
  const asked: Asked[] = [];
  const guarded = guardMcp({
    mode: "filter",
    servers: { server: { guard: fakeGuard(guard), policy: {}, ...server } },
    ...options,
  });
  const session = guarded.session({
    principal: "alice",
    upstream: async (name, request, context) => {
      asked.push({ server: name, request });
      return upstream === undefined ? text("ok") : upstream(name, request, context);
    },
  });
  return {
    guarded,
    session,
    asked,
    call: (name, args, options) =>
      session.handle(
        "server",
        { method: "tools/call", params: { name, ...(args && { arguments: args }) } },
        options,
      ),
    request: (method, params, options) =>
      session.handle("server", { method, ...(params && { params }) }, options),
  };
}

/** The code of the error that `promise` rejects with. */
export async function errorOf(
  promise: Promise<unknown>,
): Promise<{ code: unknown; data: unknown; message: string }> {
  try {
    await promise;
  } catch (error) {
    const { code, data, message } = error as { code: unknown; data: unknown; message: string };
    return { code, data, message };
  }
  throw new Error("nothing was refused");
}
