import type {
  AgentLabels,
  Backend,
  CallOptions,
  Guard,
  GuardSession,
  Labels,
  ResourceLabels,
  ResponseLabels,
  ToolCall,
} from "@guardhost/core";

/** What a fake guard answers. Whatever is not given is public, and read. */
export interface FakeGuardBehaviour {
  labelAgent?(policy: unknown, context: FakeContext): AgentLabels | Promise<AgentLabels>;
  labelResource?(call: ToolCall, context: FakeContext): ResourceLabels | Promise<ResourceLabels>;
  labelResponse?(
    call: ToolCall,
    result: unknown,
    context: FakeContext,
  ): ResponseLabels | Promise<ResponseLabels>;
}

export interface FakeContext {
  readonly backend: Backend;
  readonly signal: AbortSignal;
}

export const open: Labels = { secrecy: [], integrity: [] };

/** A resource with these labels, that is read unless another operation is given. */
export function resource(
  labels: Partial<Labels> = {},
  operation: ResourceLabels["operation"] = "read",
): ResourceLabels {
  return { resource: { ...open, ...labels }, operation };
}

/** An agent with these labels. */
export function agent(labels: Partial<Labels> = {}, mode: AgentLabels["mode"] = "filter"): AgentLabels {
  return { agent: { ...open, ...labels }, mode };
}

/** A guard whose sessions answer at once, one call after the other, as real ones do. */
export function fakeGuard(behaviour: FakeGuardBehaviour = {}): Guard {
  const guard: Pick<Guard, "engine" | "session" | "close"> = {
    engine: "fake",
    session: ({ backend = () => null } = {}) => fakeSession(behaviour, backend) as GuardSession,
    close: async () => undefined,
  };
  return guard as Guard;
}

function fakeSession(
  { labelAgent, labelResource, labelResponse }: FakeGuardBehaviour,
  backend: Backend,
): Partial<GuardSession> {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>({ signal }: CallOptions = {}, work: (context: FakeContext) => T | Promise<T>) => {
    const turn = last.then(() => work({ backend, signal: signal ?? new AbortController().signal }));
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    labelAgent: (policy, options) => inTurn(options, (context) => labelAgent?.(policy, context) ?? agent()),
    labelResource: (call, options) =>
      inTurn(options, (context) => labelResource?.(call, context) ?? resource()),
    labelResponse: (call, result, options) =>
      inTurn(options, (context) => labelResponse?.(call, result, context) ?? { kind: "unlabeled" }),
    close: async () => undefined,
  };
}
