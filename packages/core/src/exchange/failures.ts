import { ALLOC_EXPORT, type GuardOperation } from "../abi/abi.js";
import type { GuardLimits } from "../engine.js";
import { GuardError } from "../error.js";

/** What a buffer of a call is for. */
export type BufferPurpose = "input" | "output";

/** The error for an input beyond the limit. The guest has not been entered. */
export function inputTooLarge(bytes: number, limits: GuardLimits): GuardError {
  return new GuardError(
    "INPUT_TOO_LARGE",
    `the input has ${bytes} bytes, the limit is ${limits.maxInputBytes} (limits.maxInputBytes)`,
  );
}

/** The error for a deadline that has passed; `lost` where the guest was running. */
export function timedOut(lost: boolean): GuardError {
  return new GuardError("TIMEOUT", "the guard did not answer in time", { lost });
}

/** The error for a guest whose allocator, the export of that name, has used up what a call has for it. */
export function allocatorTooSlow(name: string, milliseconds: number): GuardError {
  const message = `the guard's ${name} took more than the ${milliseconds} ms that a call has for it`;
  return new GuardError("TIMEOUT", message, { lost: true });
}

/** The error for a guest whose allocator answered 0. */
export function outOfMemory(bytes: number, purpose: BufferPurpose): GuardError {
  return new GuardError(
    "OUT_OF_MEMORY",
    `the guard's ${ALLOC_EXPORT} has no memory for an ${purpose} buffer of ${bytes} bytes`,
  );
}

/** The error for a guest without an allocator whose memory cannot grow by what a call needs. */
export function noPages(pages: number, wanted: number, maxPages: number): GuardError {
  return new GuardError(
    "OUT_OF_MEMORY",
    `the guard's memory of ${pages} pages cannot grow by ${wanted} for the buffers of a call: ` +
      `the limit is ${maxPages} pages or less`,
  );
}

/** The error for an allocator that names memory which the guest does not have. */
export function bufferBeyondMemory(pointer: number, bytes: number, purpose: BufferPurpose): GuardError {
  return brokenAllocator(`gave ${pointer} for ${bytes} bytes of ${purpose}, beyond the end of its memory`);
}

/** The error for an allocator that gives the same memory twice. */
export function overlappingBuffers(input: number, output: number): GuardError {
  return brokenAllocator(`gave the input and the output buffer overlapping memory at ${input} and ${output}`);
}

/** The error for a guest that answered with a code of its own. */
export function guestFailed(operation: GuardOperation, code: number): GuardError {
  return new GuardError("GUEST_ERROR", `${operation} failed in the guard with code ${code}`);
}

/** The error for a guest that claims to have written more than there was room for. */
export function answerBeyondBuffer(operation: GuardOperation, bytes: number, capacity: number): GuardError {
  return new GuardError(
    "PROTOCOL",
    `${operation} says it wrote ${bytes} bytes into a buffer of ${capacity} bytes; the instance is discarded`,
    { lost: true },
  );
}

/** The error for a guest whose answer did not fit in the last attempt. `hint` is what it asked for, or 0. */
export function outputTooLarge(
  operation: GuardOperation,
  hint: number,
  capacity: number,
  attempt: number,
): GuardError {
  const wanted = hint > capacity ? `${hint} bytes` : `more than ${capacity} bytes`;
  return new GuardError(
    "OUTPUT_TOO_LARGE",
    `${operation} wants to answer with ${wanted}; the last of ${attempt} attempts had a buffer of ${capacity} bytes`,
  );
}

function brokenAllocator(what: string): GuardError {
  return new GuardError("PROTOCOL", `the guard's ${ALLOC_EXPORT} ${what}`, { lost: true });
}
