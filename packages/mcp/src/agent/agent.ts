import { GuardError } from "@guardhost/core";
import { type DifcMode, Label, type Labels, type Monitor, parseMode, readLabels } from "@guardhost/difc";
import type { Exchange } from "../call/exchange.js";
import { Subscriptions } from "../call/subscriptions.js";
import type { GuardedServer } from "../server/guarded-server.js";
import { AgentLabelError } from "./agent-label-error.js";
import { IssuedCursors } from "./issued-cursors.js";
import { createLabeller, type Labeller, type LabellerContext } from "./labeller.js";
import { SingleFlight } from "./single-flight.js";
import { ToolCalls } from "./tool-calls.js";

/** An agent on one server. */
export interface AgentOnServer {
  readonly server: GuardedServer;
  readonly labeller: Labeller;
  readonly subscriptions: Subscriptions;
  readonly toolCalls: ToolCalls;
  readonly cursors: IssuedCursors;
  /** The guard's mode; known once the agent is labelled. */
  mode: DifcMode | undefined;
}

let lastId = 0;

/** An agent, and a session of every guard for it. Its labels are not here but in the store. */
export class Agent {
  readonly key: string;
  /** A number within this process, for records: the key is an identity. */
  readonly id: number;
  readonly #servers: ReadonlyMap<string, AgentOnServer>;
  readonly #labelling = new SingleFlight();
  /** Requests that are at work. */
  active = 0;

  constructor(key: string, servers: Iterable<GuardedServer>, context: LabellerContext) {
    lastId++;
    this.key = key;
    this.id = lastId;
    this.#servers = new Map(
      Array.from(servers, (server) => [
        server.name,
        {
          server,
          labeller: createLabeller(server, context),
          subscriptions: new Subscriptions(),
          toolCalls: new ToolCalls(server.toolCallLimits),
          cursors: new IssuedCursors(),
          mode: undefined,
        },
      ]),
    );
  }

  /** The agent on this server; undefined if there is none of that name. */
  on(server: string): AgentOnServer | undefined {
    return this.#servers.get(server);
  }

  /**
   * Lets every guard label the agent, once, before its first call (W38, W61). One that cannot keeps the agent from all
   * servers: what it would have demanded is unknown, and what the agent reads meanwhile cannot be taken back.
   *
   * @throws AgentLabelError for the first guard that fails
   */
  label(monitor: Monitor, exchange: Exchange): Promise<void> {
    return this.#labelling.run(exchange.signal, (signal) => this.#label(monitor, { ...exchange, signal }));
  }

  /** Lets every guard label the agent once more: the store knows nothing about it any more. */
  relabel(monitor: Monitor, exchange: Exchange): Promise<void> {
    this.#labelling.reset();
    return this.label(monitor, exchange);
  }

  /** Has guards label the agent anew if one of them has lost its policy. */
  noteFailure(error: unknown): void {
    if (GuardError.is(error, "NO_POLICY")) this.#labelling.reset();
  }

  /** Closes the sessions of the guards. */
  async close(): Promise<void> {
    const closed = await Promise.allSettled(
      Array.from(this.#servers.values(), ({ labeller }) => labeller.close()),
    );
    const failed = closed.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason);
    if (failed.length > 0) throw new AggregateError(failed, "not all sessions of guards ended well");
  }

  async #label(monitor: Monitor, exchange: Exchange): Promise<void> {
    const answers = await Promise.allSettled(
      Array.from(this.#servers.values(), async (on) => ({ on, ...(await labelsBy(on, exchange)) })),
    );
    const failed = answers.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    // Only then, and all at once: half of the labels would be those of another agent, who may write where this one may not.
    let secrecy = Label.none;
    let integrity = Label.none;
    for (const outcome of answers) {
      if (outcome.status === "rejected") continue;
      const { on, labels, mode } = outcome.value;
      secrecy = secrecy.union(labels.secrecy);
      integrity = integrity.union(labels.integrity);
      on.mode = mode;
    }
    // The mode is each server's own, and counts at its calls.
    await monitor.labelAgent(this.key, { agent: { secrecy, integrity }, mode: "strict" });
  }
}

/** What the guard of one server says about the agent. Rejects with an AgentLabelError. */
async function labelsBy(
  { server, labeller }: AgentOnServer,
  exchange: Exchange,
): Promise<{ readonly labels: Labels; readonly mode: DifcMode }> {
  try {
    const { agent, mode } = await labeller.labelAgent(exchange);
    return { labels: readLabels(agent), mode: parseMode(mode) };
  } catch (cause) {
    throw new AgentLabelError(server.name, cause);
  }
}
