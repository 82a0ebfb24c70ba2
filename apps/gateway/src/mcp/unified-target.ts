import {
  type GuardedMcp,
  type HandleOptions,
  McpError,
  type McpRequest,
  type McpResult,
} from "@guardhost/mcp";
import type { Logger } from "../telemetry/logger.js";
import type { Upstreams } from "../upstream/upstreams.js";
import { announced } from "./capabilities.js";
import { collectLists } from "./collect-lists.js";
import { renameContent, renameItem } from "./rename.js";
import type { Caller, Target } from "./target.js";
import { joinUri, type Owned, splitName, splitUri } from "./tool-names.js";

/** Lists of all servers together, and where the items are in an answer. */
const LISTS: ReadonlyMap<string, string> = new Map([
  ["tools/list", "tools"],
  ["prompts/list", "prompts"],
  ["resources/list", "resources"],
  ["resources/templates/list", "resourceTemplates"],
]);

/** What {@link UnifiedTarget} needs. */
export interface UnifiedTargetOptions {
  readonly guarded: GuardedMcp;
  readonly upstreams: Upstreams;
  readonly logger: Logger;
}

/** All servers as one: their names stand before those of tools, prompts and resources. */
export class UnifiedTarget implements Target {
  readonly #options: UnifiedTargetOptions;

  constructor(options: UnifiedTargetOptions) {
    this.#options = options;
  }

  get servers(): readonly string[] {
    return this.#options.upstreams.names;
  }

  async capabilities(): Promise<Record<string, object>> {
    const { guarded } = this.#options;
    // Of servers that come and go; lists of what they lack are empty.
    return announced(undefined, (method) =>
      this.servers.some((server) => guarded.understands(server, method)),
    );
  }

  handle(caller: Caller, request: McpRequest, options: HandleOptions): Promise<McpResult> {
    const { method, params = {} } = request;
    const list = LISTS.get(method);
    if (list !== undefined) {
      const { logger, guarded } = this.#options;
      const servers = this.servers.filter((server) => isListed(guarded, server, method));
      return collectLists(caller, request, list, options, { servers, logger, rename: renameItem });
    }
    switch (method) {
      case "tools/call":
      case "prompts/get":
        return this.#named(caller, request, options);
      case "resources/read":
      case "resources/subscribe":
      case "resources/unsubscribe":
        return this.#located(caller, request, options);
      case "completion/complete":
        return this.#completed(caller, request, options);
      default:
        throw McpError.of(
          "methodNotFound",
          `The gateway does not pass on ${JSON.stringify(method)} for ${Object.keys(params).length === 0 ? "all servers" : "one of several servers"}.`,
        );
    }
  }

  uriOf(server: string, uri: string): string {
    return joinUri({ server, name: uri });
  }

  async #named(
    caller: Caller,
    { method, params = {} }: McpRequest,
    options: HandleOptions,
  ): Promise<McpResult> {
    const { server, name } = this.#owner(params.name, splitName, "server___name");
    const result = await caller.session.handle(server, { method, params: { ...params, name } }, options);
    return renameContent(server, result);
  }

  async #located(
    caller: Caller,
    { method, params = {} }: McpRequest,
    options: HandleOptions,
  ): Promise<McpResult> {
    const { server, name: uri } = this.#owner(params.uri, splitUri, "gateway:server/uri");
    const result = await caller.session.handle(server, { method, params: { ...params, uri } }, options);
    return renameContent(server, result);
  }

  async #completed(
    caller: Caller,
    { method, params = {} }: McpRequest,
    options: HandleOptions,
  ): Promise<McpResult> {
    const ref = (params.ref ?? {}) as Readonly<Record<string, unknown>>;
    const isPrompt = ref.type === "ref/prompt";
    const { server, name } = isPrompt
      ? this.#owner(ref.name, splitName, "server___name")
      : this.#owner(ref.uri, splitUri, "gateway:server/uri");
    const own = isPrompt ? { ...ref, name } : { ...ref, uri: name };
    return caller.session.handle(server, { method, params: { ...params, ref: own } }, options);
  }

  #owner(joined: unknown, split: (joined: string) => Owned | undefined, form: string): Owned {
    const owned = typeof joined === "string" ? split(joined) : undefined;
    if (owned === undefined || !this.servers.includes(owned.server)) {
      throw McpError.of("invalidParams", `There is no such thing here; names have the form ${form}.`);
    }
    return owned;
  }
}

/** Tools are listed by whoever may have them; the rest only where a guard judges what is listed. */
function isListed(guarded: GuardedMcp, server: string, method: string): boolean {
  if (method === "tools/list") return true;
  const use = method === "prompts/list" ? "prompts/get" : "resources/read";
  return guarded.understands(server, use);
}
