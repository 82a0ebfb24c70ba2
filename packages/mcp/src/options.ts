import type { Guard, GuardLogger } from "@guardhost/core";
import type {
  BuiltInGuard,
  DifcMode,
  LabelStore,
  LabelsInput,
  ModeAuthority,
  SecrecyNotices,
} from "@guardhost/difc";
import type { DecisionListener } from "./decision/decision-record.js";
import type { GuardedMethod } from "./protocol/methods.js";
import type { Telemetry } from "./telemetry/telemetry.js";

/** One server, and how it is guarded. */
export interface ServerOptions {
  /**
   * A guard that `loadGuard` has loaded, which stays the caller's to close; or a built-in one: `writeSinkGuard` for a server
   * that only takes data in, `noopGuard` for one whose data is public and that nobody vouches for. There is no default: a
   * server without a guard would be one without rules.
   */
  readonly guard: Guard | BuiltInGuard;
  /** What the guard is told about the agent. Built-in guards have none. */
  readonly policy?: unknown;
  /** Tools that the guard itself may call, on this server and on no other. None unless given (W21). */
  readonly backendTools?: readonly string[] | undefined;
  /** Tools that only read, as the operator knows. None unless given (W8). */
  readonly readOnlyTools?: readonly string[] | undefined;
  /**
   * Whether the server's own word counts for both of the above: tools that it lists with `readOnlyHint: true` and
   * `openWorldHint: false`. False unless given: servers are untrusted, and what reaches the open world never counts.
   */
  readonly trustAnnotations?: boolean | undefined;
  /**
   * What the server says about itself: names, descriptions and schemas of its tools and prompts, templates, instructions.
   * `trusted` is the operator's word that agents may follow them. Unless given they are public, and nobody vouches for them:
   * an agent that requires integrity of what it reads does not get them, because a description can hold instructions, too.
   */
  readonly definitions?: "trusted" | LabelsInput | undefined;
  /**
   * Requests other than `tools/call` that the guard understands: it sees each as the call of a tool of the same name, with
   * the request's parameters as its arguments. None unless given, and all of a built-in guard. What is not here is refused,
   * but for `tools/list`, `prompts/list` and `resources/templates/list`, which have the labels of `definitions` then.
   */
  readonly guardedMethods?: readonly GuardedMethod[] | undefined;
  /** Milliseconds for each call of the guard, more than 0; the guard's own unless given. */
  readonly timeoutMs?: number | undefined;
}

/** Settings of `guardMcp`. */
export interface GuardMcpOptions {
  /** The servers by their names. */
  readonly servers: Readonly<Record<string, ServerOptions>>;
  /** The operator's mode; `strict` unless given. */
  readonly mode?: DifcMode | undefined;
  /** Whose mode counts where a guard names one, too; `stricter` unless given (W18). */
  readonly modeAuthority?: ModeAuthority | undefined;
  /** What agents learn about what they are not cleared for; `count` unless given (W13). */
  readonly secrecyNotices?: SecrecyNotices | undefined;
  /**
   * `enforce` unless given. With `audit` everything is decided and recorded, and nothing is enforced: every request goes to
   * its server, and every answer back. Labels of agents develop as they would have.
   */
  readonly enforcement?: "enforce" | "audit" | undefined;
  /** Where the labels of agents live; in this process unless given. Replicas of a gateway share one. */
  readonly store?: LabelStore | undefined;
  /**
   * Milliseconds for each answer of the store, more than 0 and at most 2,147,483,647; 5,000 unless given. A request whose store
   * has not answered by then is refused (`stateUnavailable`); the next one asks the store again.
   */
  readonly storeTimeoutMs?: number | undefined;
  /**
   * Agents whose guards are ready at the same time, 1 or more; 10,000 unless given. Of more, those that are idle for longest
   * are put away with their subscriptions; their labels are not.
   */
  readonly maxAgents?: number | undefined;
  /** Gets a record of every decision. */
  readonly onDecision?: DecisionListener | undefined;
  /** Gets what there is to say about failures and refusals. Nothing is logged unless given. */
  readonly logger?: GuardLogger | undefined;
  /** Tracer and meter of OpenTelemetry, or what has their shape. */
  readonly telemetry?: Telemetry | undefined;
}
