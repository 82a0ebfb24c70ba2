import {
  type CompiledGuard,
  createChannel,
  failureOf,
  type GuardChannel,
  GuardError,
  type GuardHost,
  type GuardLimits,
  Invocation,
  jsonHostOf,
  type OpenOptions,
} from "@guardhost/core";
import type { Command, Sandbox } from "@wasmer/sdk";
import { DrivenGuard, type GuardFunctions } from "./sandbox/driven-guard.js";
import { payloadLimits } from "./sandbox/payload-limits.js";
import { SandboxProcess } from "./sandbox/sandbox-process.js";
import { sandboxUnavailable } from "./sandbox/shared-wasmer.js";

/** What a guard is opened from. */
export interface SandboxedGuardParts {
  readonly sandbox: Sandbox;
  /** Starts the guard, linked with its driver. */
  readonly command: Command;
  readonly functions: GuardFunctions;
  readonly limits: GuardLimits;
  /** Runs when nothing of the guard is left. */
  readonly afterClose: () => void;
}

/** A guard each of whose instances is a process in a sandbox. */
export class SandboxedGuard implements CompiledGuard {
  readonly #parts: SandboxedGuardParts;
  readonly #channels = new Set<GuardChannel>();
  /** Processes of which something may be left, those that are only just starting included. */
  readonly #processes = new Set<Promise<SandboxProcess>>();
  #closing: Promise<void> | undefined;

  constructor(parts: SandboxedGuardParts) {
    this.#parts = parts;
  }

  async open(host: GuardHost, options: OpenOptions = {}): Promise<GuardChannel> {
    if (this.#closing !== undefined) throw closed();
    const invocation = new Invocation(jsonHostOf(host), this.#parts.limits);
    const deadline = invocation.begin(options, false) + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
    try {
      const starting = this.#start();
      try {
        const guest = new DrivenGuard(await invocation.untilStopped(starting), invocation);
        const timeoutMs = deadline - performance.now();
        await guest.open(this.#parts.functions, { signal: options.signal, timeoutMs });
        if (invocation.stopped !== undefined) throw invocation.stopped.reason;
        return this.#channelOf(guest, invocation, starting);
      } catch (error) {
        const failure = failureOf(invocation, error);
        this.#discard(starting, failure);
        throw failure;
      }
    } finally {
      invocation.end();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#channels].map((channel) => channel.close()));
    await Promise.all([...this.#processes].map((starting) => this.#discard(starting, closed())));
    try {
      await this.#parts.sandbox.close();
    } finally {
      // Whether or not it ended well, nobody uses it any more.
      this.#parts.afterClose();
    }
  }

  #channelOf(guest: DrivenGuard, invocation: Invocation, starting: Promise<SandboxProcess>): GuardChannel {
    const channel = createChannel({
      invocation,
      exchange: (request, _now, options) => guest.exchange(request, options),
      interrupt: () => guest.interrupt(),
      afterEntry: () => guest.flush(),
      afterEnd: () => {
        this.#channels.delete(channel);
        this.#discard(starting, closed());
      },
    });
    guest.flush();
    this.#channels.add(channel);
    return channel;
  }

  /** Starts a process. Rejects with a GuardError. */
  #start(): Promise<SandboxProcess> {
    const { command, limits } = this.#parts;
    const starting = SandboxProcess.start(command, payloadLimits(limits)).catch((cause) => {
      throw sandboxUnavailable("cannot start a process", cause);
    });
    this.#processes.add(starting);
    return starting;
  }

  /** Ends a process for good. Resolves once nothing of it is left, and never rejects. */
  async #discard(starting: Promise<SandboxProcess>, reason: unknown): Promise<void> {
    try {
      await (await starting).kill(reason);
    } catch {
      // It never started, which whoever waits for it is told.
    }
    this.#processes.delete(starting);
  }
}

function closed(): GuardError {
  return new GuardError("CLOSED", "the guard is closed", { lost: true });
}
