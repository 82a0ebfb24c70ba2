import { BUFFER_TOO_SMALL, FAILED, type HostFunction, LOG_LEVELS, SIZE_HINT_BYTES } from "../abi/abi.js";
import { type GuestMemory, GuestMemoryError } from "../memory/guest-memory.js";
import { type BackendQuestionOptions, createBackendQuestions } from "./backend-questions.js";
import { isAllocating } from "./buffers.js";
import type { Invocation } from "./invocation.js";

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

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The `env` imports of a guard (spec 1.3) for the calls that `invocation` keeps track of. */
export function createHostFunctions(invocation: Invocation, options: BackendQuestionOptions): HostFunctions {
  const { limits, answers } = invocation;
  const askBackend = createBackendQuestions(invocation, options);

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
      } catch (error) {
        if (error instanceof GuestMemoryError) invocation.log("warn", `(call_backend: ${error.message})`);
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
