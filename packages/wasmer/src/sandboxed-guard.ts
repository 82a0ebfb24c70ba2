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
import { DrivenGuard, type GuardFunctions } from "./sandbox/driven-guard.js";
import { instantiationTrapped } from "./sandbox/failures.js";
import type { GuardSandbox } from "./sandbox/guard-sandbox.js";
import type { InstantiationTrap } from "./sandbox/instantiation-trap.js";
import { payloadLimits } from "./sandbox/payload-limits.js";
import type { SandboxProcess } from "./sandbox/sandbox-process.js";

/** What a guard is opened from. */
export interface SandboxedGuardParts {
  readonly sandbox: GuardSandbox;
  /** Makes another one when that does not work any more. */
  readonly openSandbox: () => Promise<GuardSandbox>;
  readonly functions: GuardFunctions;
  readonly limits: GuardLimits;
  readonly trap: InstantiationTrap;
}

/** A guard each of whose instances is a process in a sandbox. */
export class SandboxedGuard implements CompiledGuard {
  readonly #parts: SandboxedGuardParts;
  readonly #channels = new Set<GuardChannel>();
  /** Processes of which something may be left, those that are only just starting included. */
  readonly #processes = new Set<Promise<SandboxProcess>>();
  /** Undefined when it has to be made. */
  #sandbox: Promise<GuardSandbox> | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: SandboxedGuardParts) {
    this.#parts = parts;
    this.#sandbox = Promise.resolve(parts.sandbox);
  }

  async open(host: GuardHost, options: OpenOptions = {}): Promise<GuardChannel> {
    if (this.#closing !== undefined) throw closed();
    const { found } = this.#parts.trap;
    if (found !== undefined) throw instantiationTrapped(found);
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
    // One that could not be made has been told of.
    const sandbox = await this.#sandbox?.catch(() => undefined);
    await sandbox?.close();
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
    this.#sandbox ??= this.#parts.openSandbox();
    const starting = this.#startIn(this.#sandbox);
    this.#processes.add(starting);
    return starting;
  }

  async #startIn(opening: Promise<GuardSandbox>): Promise<SandboxProcess> {
    const giveUp = () => this.#giveUp(opening);
    try {
      const sandbox = await opening;
      return await sandbox.start(payloadLimits(this.#parts.limits), giveUp);
    } catch (error) {
      giveUp();
      throw error;
    }
  }

  /** A sandbox that starts no process makes room for another. */
  #giveUp(opening: Promise<GuardSandbox>): void {
    if (this.#sandbox !== opening || this.#closing !== undefined) return;
    this.#sandbox = undefined;
    // Neither what is wrong with it nor its end is news for anybody.
    opening.then((sandbox) => sandbox.close()).catch(() => undefined);
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
