import {
  ALLOC_EXPORT,
  DEALLOC_EXPORT,
  type GuardOperation,
  INITIALIZE_EXPORT,
  MEMORY_EXPORT,
} from "../abi/abi.js";
import type { ChannelCallOptions, GuardChannel, GuardLimits, OpenOptions } from "../engine.js";
import { GuardError } from "../error.js";
import { GuestMemory } from "../memory/guest-memory.js";
import type { WasmInstance } from "../runtime/web-assembly.js";
import { nextTurn } from "../time/next-turn.js";
import { AllocatedBuffers, type BufferSource, DirectBuffers } from "./buffers.js";
import { type ExchangeGuest, exchange, type LabelFunction } from "./exchange.js";
import { inputTooLarge } from "./input-too-large.js";
import type { Invocation } from "./invocation.js";
import { unwoundBy } from "./unwind.js";

/** What an engine that sees the guest's memory knows about an instance. */
export interface MemoryInstance {
  /** Instantiates a module that {@link assertGuardModule} accepted. Its start section must not run long. */
  readonly instantiate: () => Promise<WasmInstance>;
  /** The state that the instance's imports share with its calls. */
  readonly invocation: Invocation;
  /** Names of the exports that a module with interrupt checks has for its host. Without checks nothing stops the guest. */
  readonly interruptExports?: { readonly countdown: string; readonly start: string } | undefined;
  /** Makes a guest function return a promise that settles when the guest is through, where it can be suspended. */
  readonly suspendable?: ((guestFunction: CallableFunction) => CallableFunction) | undefined;
  /** Runs after the guest was initialised, and after each call, for instance to pass on what it printed. */
  readonly afterEntry?: (() => void) | undefined;
  /** Runs once, when the guest never runs again: lost, closed, or not opened. Must not throw. */
  readonly afterEnd?: (() => void) | undefined;
}

/**
 * Instantiates and initialises a guest whose memory the host sees, and makes a channel of it.
 *
 * @throws GuardError when the start section or `_initialize` traps, exits or takes too long, and when there is no memory for
 *   an instance; `signal.reason` on an abort
 */
export async function openMemoryChannel(
  instance: MemoryInstance,
  options: OpenOptions = {},
): Promise<GuardChannel> {
  const { invocation } = instance;
  invocation.begin(options, false);
  try {
    return await open(instance);
  } catch (error) {
    instance.afterEnd?.();
    throw error;
  } finally {
    invocation.end();
  }
}

async function open(instance: MemoryInstance): Promise<GuardChannel> {
  const { instantiate, invocation, interruptExports, afterEntry } = instance;
  const { suspendable = (plain: CallableFunction) => plain } = instance;
  const enter = async <T>(during: string, entry: () => T): Promise<Awaited<T>> => {
    try {
      invocation.interrupts?.enter();
      return await entry();
    } catch (error) {
      throw failureOf(invocation, unwoundBy(error, during));
    } finally {
      afterEntry?.();
    }
  };
  const run = async (name: string, during: string) => {
    const initializer = exports[name] as CallableFunction | undefined;
    if (initializer === undefined) return;
    await enter(during, suspendable(initializer) as () => unknown);
    // Stopped where no check could tell, for instance by its last call of the host.
    if (invocation.stopped !== undefined) throw invocation.stopped.reason;
  };
  const { exports } = await enter("its instantiation", instantiate);
  const memory = new GuestMemory(exports[MEMORY_EXPORT] as WebAssembly.Memory);
  invocation.memory = memory;
  if (interruptExports !== undefined) {
    invocation.interrupts?.attach(exports[interruptExports.countdown] as WebAssembly.Global);
    await run(interruptExports.start, "its start section");
  }
  await run(INITIALIZE_EXPORT, INITIALIZE_EXPORT);

  const labelFunction = (name: GuardOperation) =>
    suspendable(exports[name] as CallableFunction) as LabelFunction;
  const guest: ExchangeGuest = {
    memory,
    interrupts: invocation.interrupts,
    buffers: bufferSource(exports, memory, invocation),
    functions: {
      label_agent: labelFunction("label_agent"),
      label_resource: labelFunction("label_resource"),
      label_response: labelFunction("label_response"),
    },
  };
  return new MemoryChannel(guest, instance);
}

class MemoryChannel implements GuardChannel {
  readonly #guest: ExchangeGuest;
  readonly #invocation: Invocation;
  readonly #afterEntry: (() => void) | undefined;
  #afterEnd: (() => void) | undefined;
  readonly #beforeAttempt: () => void;
  #running = false;
  #closed = false;
  #loss: unknown;

  constructor(guest: ExchangeGuest, { invocation, afterEntry, afterEnd }: MemoryInstance) {
    this.#guest = guest;
    this.#invocation = invocation;
    this.#afterEntry = afterEntry;
    this.#afterEnd = afterEnd;
    this.#beforeAttempt = () => invocation.beforeAttempt();
  }

  call(
    operation: GuardOperation,
    input: Uint8Array,
    options: ChannelCallOptions = {},
  ): Uint8Array | Promise<Uint8Array> {
    const invocation = this.#invocation;
    const { limits } = invocation;
    const refusal = this.#refusal(input, limits);
    if (refusal !== undefined) return Promise.reject(refusal);
    this.#running = true;
    const now = invocation.begin(options);
    const isTurnDue = invocation.interrupts?.begin(now) ?? false;
    const request = { operation, input, limits, beforeAttempt: this.#beforeAttempt };
    let answer: Uint8Array | Promise<Uint8Array>;
    try {
      if (isTurnDue) answer = nextTurn().then(() => exchange(this.#guest, request));
      else answer = exchange(this.#guest, request);
    } catch (error) {
      return this.#fail(error);
    }
    if (answer instanceof Uint8Array) return this.#finish(answer);
    return answer.then(
      (late) => this.#finish(late),
      (error) => this.#fail(error),
    );
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#running) return this.#end();
    // A guest that waits for its backend is resumed, so that its stack is not left behind.
    this.#invocation.fail(new GuardError("CLOSED", "the guard was closed during the call", { lost: true }));
  }

  /** Ends a call that the guest has answered. Rejects with why the answer does not count. */
  #finish(answer: Uint8Array): Uint8Array | Promise<never> {
    try {
      this.#invocation.afterAnswer();
    } catch (error) {
      return this.#fail(error);
    }
    this.#leave();
    return answer;
  }

  /** Ends a call that has failed, and rejects with why. */
  #fail(error: unknown): Promise<never> {
    const invocation = this.#invocation;
    const failure = failureOf(invocation, error);
    // An abort costs the instance whatever its reason says, which is the caller's and not about the guest.
    if (!GuardError.is(failure) || failure.lost || invocation.aborted) this.#lose(failure);
    this.#leave();
    return Promise.reject(failure);
  }

  #leave(): void {
    this.#running = false;
    this.#invocation.end();
    this.#afterEntry?.();
    if (this.#closed) this.#end();
  }

  #end(): void {
    const afterEnd = this.#afterEnd;
    this.#afterEnd = undefined;
    afterEnd?.();
  }

  #lose(reason: unknown): void {
    this.#closed = true;
    this.#loss = reason;
  }

  /** Why a call cannot be made. */
  #refusal(input: Uint8Array, limits: GuardLimits): GuardError | undefined {
    if (this.#closed) {
      const cause = this.#loss;
      return new GuardError("CLOSED", "this instance of the guard is gone; open another", {
        lost: true,
        cause,
      });
    }
    if (this.#running) return new GuardError("REENTRANT", "this instance of the guard is in a call already");
    return input.length > limits.maxInputBytes ? inputTooLarge(input.length, limits) : undefined;
  }
}

/** Why a call really failed: the reason on record explains more than the error that arrived, and both can cost the instance. */
function failureOf(invocation: Invocation, arrived: unknown): unknown {
  const { stopped } = invocation;
  if (stopped === undefined || stopped.reason === arrived) return arrived;
  const { reason } = stopped;
  const intact = GuardError.is(reason) && !reason.lost && !invocation.aborted;
  if (!intact || (GuardError.is(arrived) && !arrived.lost)) return reason;
  return new GuardError(reason.code, reason.message, { lost: true, cause: arrived });
}

function bufferSource(
  exports: WebAssembly.Exports,
  memory: GuestMemory,
  { limits, interrupts }: Invocation,
): BufferSource {
  const { [ALLOC_EXPORT]: alloc, [DEALLOC_EXPORT]: dealloc } = exports;
  if (typeof alloc !== "function" || typeof dealloc !== "function") {
    return new DirectBuffers(memory, limits.maxMemoryPages);
  }
  return new AllocatedBuffers(
    memory,
    alloc as (size: number) => number,
    dealloc as (pointer: number, size: number) => void,
    interrupts,
  );
}
