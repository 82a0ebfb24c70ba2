import { McpError, type McpRequest, type McpResult } from "@guardhost/mcp";
import { Server, type ServerContext, type StandardSchemaV1 } from "@modelcontextprotocol/server";
import { implementation } from "../implementation.js";
import type { CallGate } from "../lifecycle/call-gate.js";
import type { ServerChange } from "../upstream/upstreams.js";
import { clientFace } from "./client-face.js";
import { isDeeperThan, MAX_RESULT_DEPTH } from "./result-depth.js";
import type { Caller, Target } from "./target.js";

/** Requests that are handed to the target. The SDK answers the rest itself: `initialize`, `ping`, `logging/setLevel`. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  tools: ["tools/list", "tools/call"],
  resources: [
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "resources/subscribe",
    "resources/unsubscribe",
  ],
  prompts: ["prompts/list", "prompts/get"],
  completions: ["completion/complete"],
};

const anyParams: StandardSchemaV1<unknown, Record<string, unknown>> = {
  "~standard": {
    version: 1,
    vendor: "guardhost",
    validate: (value) => ({ value: value as Record<string, unknown> }),
  },
};

/** What {@link createClientServer} needs. */
export interface ClientServerOptions {
  readonly target: Target;
  readonly caller: Caller;
  readonly gate: CallGate;
  readonly era: "legacy" | "modern";
}

/** What one client, or one request, sees of the gateway. */
export interface ClientServer {
  readonly server: Server;
  /** Lets the client hear what a server has announced, if it concerns it and it may know. */
  hear(change: ServerChange): Promise<void>;
}

/** A server of the SDK, all of whose requests go to the target. */
export async function createClientServer(options: ClientServerOptions): Promise<ClientServer> {
  const { target, caller, era } = options;
  const capabilities = await target.capabilities(caller);
  const server = new Server(implementation, { capabilities });
  const clientOf = (ctx: ServerContext) => clientFace(ctx, server.getClientCapabilities(), era === "modern");
  for (const [capability, methods] of Object.entries(METHODS)) {
    if (capabilities[capability] === undefined) continue;
    for (const method of methods) {
      server.setRequestHandler(method, { params: anyParams }, (params, ctx) =>
        answer(
          options,
          { method, params: withRound(params, ctx) },
          { ...clientOf(ctx), signal: ctx.mcpReq.signal },
        ),
      );
    }
  }
  return { server, hear: (change) => hear(server, options, change) };
}

async function answer(
  { target, caller, gate }: ClientServerOptions,
  request: McpRequest,
  client: ReturnType<typeof clientFace> & { readonly signal: AbortSignal },
): Promise<McpResult> {
  const result = await gate.pass(caller.principal, client.signal, (signal) =>
    target.handle(caller, request, { ...client, signal }),
  );
  if (isDeeperThan(MAX_RESULT_DEPTH, result)) {
    const problem = `The server's answer nests more than ${MAX_RESULT_DEPTH} levels deep. It has carried the request out.`;
    throw McpError.of("upstreamFailed", problem, { isExecuted: true });
  }
  return result;
}

async function hear(
  server: Server,
  { target, caller }: ClientServerOptions,
  { server: name, notification }: ServerChange,
): Promise<void> {
  if (!target.servers.includes(name)) return;
  const heard = await caller.session.fromServer(name, notification);
  if (heard === undefined) return;
  const { method, params } = heard;
  const uri = params?.uri;
  await server.notification(
    typeof uri === "string" ? { method, params: { ...params, uri: target.uriOf(name, uri) } } : { method },
  );
}

/** Parameters with what the SDK keeps apart of them: a client's answers to what a server asked in its former result. */
function withRound(params: Record<string, unknown>, { mcpReq }: ServerContext): Record<string, unknown> {
  const { inputResponses, droppedInputResponseKeys = [] } = mcpReq;
  if (droppedInputResponseKeys.length > 0) {
    throw McpError.of("invalidParams", "Some of inputResponses are no answers.");
  }
  const requestState = mcpReq.requestState();
  return {
    ...params,
    ...(inputResponses === undefined ? {} : { inputResponses }),
    ...(requestState === undefined ? {} : { requestState }),
  };
}
