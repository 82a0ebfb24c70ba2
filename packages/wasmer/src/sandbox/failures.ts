import {
  ALLOC_EXPORT,
  ALLOCATOR_TIMEOUT_MS,
  allocatorTooSlow,
  answerBeyondBuffer,
  bufferBeyondMemory,
  DEALLOC_EXPORT,
  type ExchangeRequest,
  GuardError,
  guestFailed,
  type Invocation,
  noPages,
  outOfMemory,
  outputTooLarge,
  overlappingBuffers,
  timedOut,
} from "@guardhost/core";
import { Failure, StopReason } from "../frames/frame.js";
import { FrameError } from "../frames/frame-decoder.js";
import { type ProcessEnd, ProcessEndedError } from "./sandbox-process.js";

const PURPOSES = ["input", "output"] as const;
/** The driver's number for the one allocator function; the other one is `alloc`. */
const DEALLOC = 2;

/** The error that a `failed` frame is about. */
export function callFailure(
  [kind, a = 0, b = 0, c = 0]: readonly number[],
  { operation, limits }: ExchangeRequest,
): Error {
  switch (kind) {
    case Failure.guestError:
      return guestFailed(operation, a | 0);
    case Failure.outOfMemory:
      return outOfMemory(a, PURPOSES[b] ?? "output");
    case Failure.noPages:
      return noPages(a, b, limits.maxMemoryPages);
    case Failure.outputTooLarge:
      return outputTooLarge(operation, a, b, c);
    case Failure.bufferBeyondMemory:
      return bufferBeyondMemory(a, b, PURPOSES[c] ?? "output");
    case Failure.overlappingBuffers:
      return overlappingBuffers(a, b);
    case Failure.answerBeyondBuffer:
      return answerBeyondBuffer(operation, a, b);
    default:
      return new FrameError(`there is no failure ${kind}`);
  }
}

/** Records why the guard is being ended, which a `stopped` frame says. */
export function recordStop(invocation: Invocation, reason: number, detail: number): void {
  switch (reason) {
    case StopReason.exit:
      invocation.exited(detail);
      break;
    case StopReason.allocator:
      invocation.fail(
        allocatorTooSlow(detail === DEALLOC ? DEALLOC_EXPORT : ALLOC_EXPORT, ALLOCATOR_TIMEOUT_MS),
      );
      break;
    default:
      invocation.fail(timedOut(true));
  }
}

/** What a conversation ended with, as the caller is told it: the end of a process is that of the guard's instance. */
export function endingFailure(error: unknown, during: string): unknown {
  if (error instanceof ProcessEndedError) return processEnded(error, during);
  if (error instanceof FrameError) {
    return new GuardError(
      "PROTOCOL",
      `the guard's sandbox broke the protocol in ${during} (${error.message}); the instance is discarded`,
      { lost: true, cause: error },
    );
  }
  return error;
}

/** The error for a guard whose instantiation traps. */
export function instantiationTrapped(trap: Error): GuardError {
  return processEnded(
    new ProcessEndedError(`trapped (${trap.message})`, { cause: trap }),
    "its instantiation",
  );
}

/** The error for a process that has ended in a conversation. */
export function processEnded(ended: ProcessEnd, during: string): GuardError {
  if (GuardError.is(ended)) return ended;
  return new GuardError("TRAPPED", `the guard ${ended.message} in ${during}; its instance is discarded`, {
    lost: true,
    cause: ended,
  });
}
