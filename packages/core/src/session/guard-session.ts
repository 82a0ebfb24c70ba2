import type { AgentLabels, ResourceLabels, ResponseLabels, ToolCall } from "../payload/labels.js";

/** Limits of one call. */
export interface CallOptions {
  /** Aborts the call, which then rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds for the call, waiting, opening and replaying included; more than 0. The guard's own `timeoutMs` unless
   * given.
   */
  readonly timeoutMs?: number | undefined;
}

/** A call that the guard makes, in the shape of the MCP SDK. The guard wrote it, and is untrusted. */
export interface BackendToolCall {
  readonly name: string;
  readonly arguments?: Record<string, unknown>;
}

/**
 * Answers a guard's `call_backend`, synchronously or, where the engine's `capabilities.asyncBackend` is true, with a
 * promise. The guard sees a throw or a rejection as a failure without a reason. The guard chooses tool and arguments:
 * let through only what it may ask for. What `label_agent` asks is asked again whenever the policy is replayed.
 */
export type Backend = (call: BackendToolCall, options: { readonly signal: AbortSignal }) => unknown;

/** Settings of one session. */
export interface SessionOptions {
  /** Without one, every backend call of the guard fails. */
  readonly backend?: Backend | undefined;
  /**
   * On whose behalf the session works, as the gateway knows from authentication and from nothing else: instances that are
   * lost count together for all sessions of a principal. Sessions without one count together as well.
   */
  readonly principal?: string | undefined;
}

/**
 * How a session is, as far as it knows without asking its guard:
 *
 * - `new`: it has no instance, and nothing that one would have to be given; the next call opens one.
 * - `ready`: it has an instance.
 * - `hibernated`: its instance was closed to save room, or given up by the engine; the next call makes it anew.
 * - `lost`: its instance, or its policy, was lost. The next call makes it anew, or is refused as `NO_POLICY` where that is
 *   not possible: its last `labelAgent` failed, or the guard was loaded with `recovery: "never"`.
 * - `unhealthy`: the guard has failed its principal too often. Calls are refused as `UNHEALTHY`; once the pause is over,
 *   one at a time is let through, until one goes well.
 * - `closed`: it was closed, or is about to be.
 */
export type SessionHealth = "new" | "ready" | "hibernated" | "lost" | "unhealthy" | "closed";

/**
 * One isolated use of a guard under one policy. Its calls run one after the other, in the order in which they were
 * made. Its instance is opened by the first call.
 *
 * An instance that is gone, for whatever reason, is made anew by the next call: a fresh one is opened, gets the bytes of
 * the last successful `label_agent` again, and has to answer with the same bytes. Only then the call itself is made. If it
 * cannot be made anew the call fails, and the next one tries again: with the code of what went wrong, or with
 * `INVALID_OUTPUT` where the guard answers otherwise. A guard loaded with `recovery: "never"` is not made anew.
 *
 * Every call may reject with `signal.reason`, with a GuardError of any code that is not about loading, and with a
 * TypeError or RangeError for arguments that make no sense.
 */
export interface GuardSession extends AsyncDisposable {
  /** Number of the session within its guard, from 1 up: the one that events name. */
  readonly id: number;
  readonly health: SessionHealth;
  /**
   * Gives the guard its policy and returns the agent's labels. Comes first, and may come again with another policy: once
   * it has its turn, the policy before is not in force any more, also when it fails. Always takes a fresh instance.
   *
   * @param policy an allow-only policy, or what the guard's `policySchema` accepts
   */
  labelAgent(policy: unknown, options?: CallOptions): Promise<AgentLabels>;
  /** Labels what a call is about to touch, and says what it does to it. */
  labelResource(call: ToolCall, options?: CallOptions): Promise<ResourceLabels>;
  /** Labels what a call returned. */
  labelResponse(call: ToolCall, result: unknown, options?: CallOptions): Promise<ResponseLabels>;
  /**
   * Refuses waiting and coming calls with `CLOSED`, lets the running one finish within its deadline, then frees the
   * instance. A call that runs for longer than the guard's `closeTimeoutMs` is ended, with `CLOSED`. Rejects with a
   * GuardError `TIMEOUT` if the engine takes as long again to end the call, or the instance; with what the engine rejects
   * with, if it does.
   *
   * May be called more than once. Inside a backend call that it would wait for, of this session or of one that waits for
   * it, it resolves at once and the rest happens afterwards.
   */
  close(): Promise<void>;
}
