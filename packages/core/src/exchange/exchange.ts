import { BUFFER_TOO_SMALL, EMPTY, type GuardOperation } from "../abi/abi.js";
import type { GuardLimits } from "../engine.js";
import type { GuestMemory } from "../memory/guest-memory.js";
import type { BufferSource, Buffers } from "./buffers.js";
import { answerBeyondBuffer, guestFailed, outputTooLarge } from "./failures.js";
import type { Interrupts } from "./interrupts.js";
import { unwoundBy } from "./unwind.js";

/** A label function of an instance; it returns a promise where the guest can be suspended. */
export type LabelFunction = (
  input: number,
  inputBytes: number,
  output: number,
  outputBytes: number,
) => number | Promise<number>;

/** What an exchange works with. */
export interface ExchangeGuest {
  readonly memory: GuestMemory;
  readonly buffers: BufferSource;
  readonly functions: Readonly<Record<GuardOperation, LabelFunction>>;
  /** Where the guest has interrupt checks. */
  readonly interrupts?: Interrupts | undefined;
  /** Copies an answer out of the guest's memory. */
  readonly copyAnswer: (answer: Uint8Array) => Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** One call of a label function, with all its attempts. */
export interface ExchangeRequest {
  readonly operation: GuardOperation;
  readonly input: Uint8Array;
  readonly limits: GuardLimits;
  /** Runs before the guest is entered; what it throws ends the exchange. */
  readonly beforeAttempt: () => void;
}

/**
 * Runs a label function until its answer fits: with `initialOutputBytes` first, then with what it asks for, up to
 * `maxOutputBytes` and in at most `maxAttempts` (spec 1.5-1.8).
 *
 * Returns a copy of the answer, and a promise of it only where the guest can be suspended: the promises of a call that
 * never waits are most of what it costs.
 *
 * @throws GuardError, whose `lost` says whether the guest is still intact
 */
export function exchange(guest: ExchangeGuest, request: ExchangeRequest): Uint8Array | Promise<Uint8Array> {
  return runAttempt(guest, request, request.limits.initialOutputBytes, 1);
}

/** One run of a label function. */
interface Attempt {
  readonly number: number;
  /** Bytes of the output buffer. */
  readonly capacity: number;
  readonly buffers: Buffers;
}

function runAttempt(
  guest: ExchangeGuest,
  request: ExchangeRequest,
  capacity: number,
  number: number,
): Uint8Array | Promise<Uint8Array> {
  const { memory, functions } = guest;
  const { operation, input } = request;
  request.beforeAttempt();
  const buffers = guest.buffers.acquire(input.length, capacity);
  memory.write(buffers.input, input);
  // Buffers are not zeroed: stale bytes would pass for a size hint.
  memory.writeUint32(buffers.output, 0);
  const attempt: Attempt = { number, capacity, buffers };
  let status: number | Promise<number>;
  guest.interrupts?.enter();
  try {
    status = functions[operation](buffers.input, input.length, buffers.output, capacity);
  } catch (error) {
    throw unwoundBy(error, operation);
  }
  if (typeof status === "number") return endAttempt(guest, request, attempt, status);
  return status.then(
    (settled) => endAttempt(guest, request, attempt, settled),
    (error) => {
      throw unwoundBy(error, operation);
    },
  );
}

/** Reads what the guest has left, and runs it again if its answer did not fit. */
function endAttempt(
  guest: ExchangeGuest,
  request: ExchangeRequest,
  { number, capacity, buffers }: Attempt,
  status: number,
): Uint8Array | Promise<Uint8Array> {
  const { operation, input, limits } = request;
  const answer = readAnswer(guest, buffers.output, capacity, status, operation);
  guest.buffers.release(buffers, input.length, capacity);
  if (status < EMPTY && status !== BUFFER_TOO_SMALL) {
    throw guestFailed(operation, status);
  }
  if (typeof answer !== "number") return answer;
  if (capacity >= limits.maxOutputBytes || number >= limits.maxAttempts) {
    throw outputTooLarge(operation, answer, capacity, number);
  }
  // A hint that is no larger than the buffer is a lie or a leftover.
  const next = Math.min(answer > capacity ? answer : capacity * 2, limits.maxOutputBytes);
  return runAttempt(guest, request, next, number + 1);
}

/** A copy of the answer, or the size hint of one that did not fit (0 for none). */
function readAnswer(
  { memory, copyAnswer }: ExchangeGuest,
  output: number,
  capacity: number,
  status: number,
  operation: GuardOperation,
): Uint8Array | number {
  if (status > capacity) throw answerBeyondBuffer(operation, status, capacity);
  if (status === BUFFER_TOO_SMALL) return memory.readUint32(output);
  return status > EMPTY ? copyAnswer(memory.view(output, status)) : NOTHING;
}
