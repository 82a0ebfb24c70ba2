import {
  ALLOC_EXPORT,
  DEALLOC_EXPORT,
  type GuardOperation,
  INITIALIZE_EXPORT,
  MEMORY_EXPORT,
} from "../abi/abi.js";
import type { GuardChannel, OpenOptions } from "../engine.js";
import { copyBytes } from "../memory/byte-pool.js";
import { GuestMemory } from "../memory/guest-memory.js";
import type { WasmInstance } from "../runtime/web-assembly.js";
import { interruption } from "../time/uninterrupted.js";
import { AllocatedBuffers, type BufferSource, DirectBuffers } from "./buffers.js";
import { createChannel, failureOf } from "./channel.js";
import { type ExchangeGuest, exchange, type LabelFunction } from "./exchange.js";
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
  /** Copies an answer out of the guest's memory, where it is not just to be a copy. */
  readonly copyAnswer?: ((answer: Uint8Array) => Uint8Array) | undefined;
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
  const { instantiate, invocation, interruptExports, copyAnswer = copyBytes, afterEntry } = instance;
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
    copyAnswer,
    functions: {
      label_agent: labelFunction("label_agent"),
      label_resource: labelFunction("label_resource"),
      label_response: labelFunction("label_response"),
    },
  };
  const { interrupts } = invocation;
  return createChannel({
    ...instance,
    exchange: (request, now) =>
      interrupts?.begin(now) ? interruption().then(() => exchange(guest, request)) : exchange(guest, request),
  });
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
