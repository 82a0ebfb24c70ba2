import { BUFFER_TOO_SMALL, FAILED, type HostFunction, LOG_LEVELS, SIZE_HINT_BYTES } from "../abi/abi.js";
import { GuardError } from "../error.js";
import type { GuestMemory } from "../memory/guest-memory.js";
import { isThenable } from "../time/is-thenable.js";
import { isAllocating } from "./buffers.js";
import type { Invocation } from "./invocation.js";
import { suspendedGuests, tooManySuspended } from "./suspended-guests.js";

/** The host functions as an engine hands them to `WebAssembly.instantiate`. They never throw. */
export interface HostFunctions extends Record<HostFunction, CallableFunction> {
  call_backend(
    name: number,
    nameBytes: number,
    args: number,
    argsBytes: number,
    result: number,
    resultBytes: number,
  ): number | Promise<number>;
  host_log(level: number, message: number, messageBytes: number): void;
}

/** Settings of {@link createHostFunctions}. */
export interface HostFunctionOptions {
  /** Whether the guest can be suspended, so that `call_backend` may return a promise. */
  readonly asyncBackend: boolean;
  /** What to do about a backend that returns a promise where the guest cannot be suspended. */
  readonly asyncBackendAdvice: string;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The `env` imports of a guard (spec 1.3) for the calls that `invocation` keeps track of. */
export function createHostFunctions(invocation: Invocation, options: HostFunctionOptions): HostFunctions {
  const { limits, host, answers } = invocation;

  function askBackend(tool: string, args: string): Uint8Array | Promise<Uint8Array> {
    const kept = answers.find(tool, args);
    if (kept !== undefined) return kept;
    if (!invocation.takeBackendCall()) throw new Error("no backend call is left");
    if (options.asyncBackend && suspendedGuests.isFull) {
      invocation.fail(tooManySuspended());
      throw new Error("too many guests wait for their backends");
    }
    const answer = host.askBackend(tool, args, { signal: invocation.backendSignal });
    const keep = (bytes: Uint8Array) => {
      answers.keep(tool, args, bytes);
      return bytes;
    };
    if (!isThenable(answer)) return keep(answer);
    if (options.asyncBackend) return suspended(answer).then(keep);
    refuse(answer);
    throw new Error("the backend returned a promise");
  }

  function suspended<T>(answer: PromiseLike<T>): Promise<T> {
    suspendedGuests.enter();
    return invocation.untilStopped(answer).finally(() => suspendedGuests.leave());
  }

  /** The guest gets a failure; the caller gets to know why. */
  function refuse(answer: PromiseLike<unknown>): void {
    const reason = new GuardError(
      "ENGINE_UNAVAILABLE",
      `the backend returned a promise, but this engine cannot suspend a guard on this runtime: ${options.asyncBackendAdvice}`,
    );
    invocation.fail(reason);
    // Nobody waits for it any more; its rejection must not end the process.
    Promise.resolve(answer).catch(() => undefined);
  }

  return {
    call_backend(name, nameBytes, args, argsBytes, result, resultBytes) {
      try {
        const memory = guestMemory(invocation);
        // Where guests are suspended for their backend it would be impossible, so it is nowhere possible.
        if (isAllocating(memory)) return FAILED;
        if (argsBytes >>> 0 > limits.maxBackendArgsBytes || nameBytes >>> 0 > limits.maxBackendArgsBytes)
          return FAILED;
        const tool = utf8.decode(memory.read(name, nameBytes));
        const json = utf8.decode(memory.read(args, argsBytes));
        const deliver = (bytes: Uint8Array) => {
          const status = deliverTo(memory, result, resultBytes >>> 0, bytes);
          if (status >= 0) answers.delivered(tool, json);
          return status;
        };
        const answer = askBackend(tool, json);
        if (answer instanceof Uint8Array) return deliver(answer);
        return answer
          .then(deliver)
          .catch(() => FAILED)
          .finally(() => invocation.interrupts?.hurry());
      } catch {
        // What ended the wait for an answer ends the call, also if the guest returns without another check.
        invocation.interrupts?.check();
        // Whatever went wrong, the ABI has one answer for it.
        return FAILED;
      } finally {
        invocation.interrupts?.hurry();
      }
    },

    host_log(level, message, messageBytes) {
      if (invocation.logBytesLeft === 0) return;
      try {
        const text = guestMemory(invocation).view(message, messageBytes).subarray(0, invocation.logBytesLeft);
        invocation.interrupts?.charge(text.length);
        // A copy: runtimes refuse to decode memory that is shared or may be resized.
        invocation.log(LOG_LEVELS[level] ?? "debug", text.slice());
      } catch {
        // A message outside the guest's memory is ignored (spec 1.3).
      }
    },
  };
}

function guestMemory({ memory }: Invocation): GuestMemory {
  if (memory === undefined) throw new Error("the guest has no memory yet");
  return memory;
}

/** Bytes written, or a code that tells the guest why not. */
function deliverTo(memory: GuestMemory, result: number, capacity: number, bytes: Uint8Array): number {
  if (bytes.length <= capacity) {
    memory.write(result, bytes);
    return bytes.length;
  }
  // Best effort: a pointer out of bounds only loses the hint.
  if (capacity >= SIZE_HINT_BYTES && memory.has(result, SIZE_HINT_BYTES)) {
    memory.writeUint32(result, bytes.length);
  }
  return BUFFER_TOO_SMALL;
}
