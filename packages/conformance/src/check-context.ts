import {
  type Backend,
  type ChannelCallOptions,
  type CompiledGuard,
  type CompileOptions,
  type Guard,
  type GuardEngine,
  type GuardLimits,
  type GuardSession,
  type LoadGuardOptions,
  loadGuard,
  resolveLimits,
} from "@guardhost/core";
import { type ModuleName, moduleBytes } from "./guest/module-bytes.js";
import { type CheckBackend, OpenGuard, RecordingHost } from "./open-guard.js";

/** Small buffers, so that a check is quick and a retry needs few bytes. */
const SMALL_BUFFERS = { initialOutputBytes: 1024, maxOutputBytes: 65_536 } as const;

/** Milliseconds for loading, and for a call, unless the check says otherwise: the machine may be busy, and checks have deadlines themselves. */
const PATIENCE_MS = 60_000;

/** The least policy there is. */
export const POLICY = { "allow-only": { repos: "all", "min-integrity": "none" } } as const;

/** How a check opens an instance. */
export interface OpenOptions {
  readonly guest?: ModuleName;
  /** Merged over {@link SMALL_BUFFERS} and the defaults. */
  readonly limits?: Partial<GuardLimits>;
  /** Answers null unless given. */
  readonly backend?: CheckBackend;
}

/** How a check loads a guard. */
export interface LoadOptions extends Partial<LoadGuardOptions> {
  readonly guest?: ModuleName;
}

/** How a check begins a session. */
export interface BeginOptions extends LoadOptions {
  readonly backend?: Backend;
}

/** What a check works with. Closes in the end whatever it has opened. */
export class CheckContext {
  readonly engine: GuardEngine;
  readonly #opened: { close(): Promise<void> }[] = [];

  constructor(engine: GuardEngine) {
    this.engine = engine;
  }

  /** Compiles a module. */
  async compile(
    module: ModuleName | Parameters<GuardEngine["compile"]>[0],
    limits: Partial<GuardLimits> = {},
    options: CompileOptions = {},
  ): Promise<CompiledGuard> {
    const bytes = typeof module === "string" ? moduleBytes(module as ModuleName) : module;
    const resolved = resolveLimits({ ...SMALL_BUFFERS, ...limits });
    const compiled = await this.engine.compile(bytes, resolved, options);
    this.#opened.push(compiled);
    return compiled;
  }

  /** Opens an instance of a freshly compiled module. */
  async open({ guest = "guard", limits = {}, backend }: OpenOptions = {}): Promise<OpenGuard> {
    return this.openCompiled(await this.compile(guest, limits), backend);
  }

  /** Opens one more instance, within limits. */
  async openCompiled(
    compiled: CompiledGuard,
    backend: CheckBackend = () => null,
    limits: ChannelCallOptions = {},
  ): Promise<OpenGuard> {
    const host = new RecordingHost(backend);
    return new OpenGuard(await compiled.open(host, limits), host);
  }

  /** Loads a module through the public API. */
  async load({ guest = "guard", limits = {}, ...options }: LoadOptions = {}): Promise<Guard> {
    const guard = await loadGuard(moduleBytes(guest), {
      engine: this.engine,
      timeoutMs: PATIENCE_MS,
      loadTimeoutMs: PATIENCE_MS,
      ...options,
      limits: { ...SMALL_BUFFERS, ...limits },
    });
    this.#opened.push(guard);
    return guard;
  }

  /** Begins a session without a policy. */
  async session({ backend, ...options }: BeginOptions = {}): Promise<GuardSession> {
    return (await this.load(options)).session({ backend });
  }

  /** Begins a session that has {@link POLICY}. */
  async labeledSession(options: BeginOptions = {}): Promise<GuardSession> {
    const session = await this.session(options);
    await session.labelAgent(POLICY);
    return session;
  }

  /** Closes everything. */
  async close(): Promise<void> {
    await Promise.all(this.#opened.map((opened) => opened.close()));
  }
}
