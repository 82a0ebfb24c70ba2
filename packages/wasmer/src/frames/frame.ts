/**
 * The frames that a driver and its host exchange over the standard streams of a sandboxed process.
 *
 * A frame is a header of eight little-endian unsigned 32-bit words, its tag, the bytes of its payload and six arguments, and
 * its payload. Arguments that a frame does not have are 0. A process is in one of three states: idle, where it waits for
 * `open` or `call`; running, where it sends frames; and asking, where it waits for the answer to one of them.
 *
 * ```
 * host                                              driver
 * open (functions, arguments, log, time) ─────────► ready
 * call (operation, input, output, time, limits) ──► done, for a large answer behind it; or failed
 * input, or abandon                             ◄── wants input (attempt)
 * backend answer (status, hint)                 ◄── backend call (name, room for the answer)
 * credit (bytes)                                ◄── wants credit
 *                                               ◄── log, output, stopped
 * ```
 */

/** Bytes of a header. */
export const HEADER_BYTES = 32;

/**
 * Bytes of payload that each request, `open` and `call`, has at least: the driver reads them together with the header. What
 * nobody needs of them is 0.
 */
const REQUEST_BYTES = 512;

/** Frames of the driver, by their tags. */
export const FromDriver = {
  /** The guard is initialised. */
  ready: 1,
  /** Payload: the guard's answer, if it is a large one. */
  answer: 2,
  /** The call has succeeded. Payload: the answer, unless it has come before. */
  done: 3,
  /** The call has failed: one of {@link Failure}, and what is to be said about it. */
  failed: 4,
  /** The number of the attempt that is about to begin, and needs the input. */
  wantsInput: 5,
  /** Bytes of the name, of the guard's buffer, and of its memory from there on. Payload: name and arguments. */
  backendCall: 6,
  /** Level. Payload: text. */
  log: 7,
  /** 1 for stdout, 2 for stderr. Payload: what was printed. */
  output: 8,
  /** The guard would like to print or log more than it certainly may. */
  wantsCredit: 9,
  /** The guard is being ended: one of {@link StopReason}, and a detail. */
  stopped: 10,
} as const;

/** Frames of the host, by their tags. */
export const FromHost = {
  /** What the guard has, bytes of backend arguments, bytes of log text, microseconds. A request. */
  open: 101,
  /** Operation, input bytes, output bytes, microseconds, most output bytes, attempts. Payload: the input, or none of it. A request. */
  call: 102,
  /** Payload: the input. */
  input: 103,
  /** The call is over for the host. */
  abandon: 104,
  /** Status, and for one that says so the size that would do. Payload: the answer. */
  backendAnswer: 105,
  /** Bytes that the guard may still log in this call. */
  credit: 106,
} as const;

/** Why a call has no answer. */
export const Failure = {
  guestError: 1,
  outOfMemory: 2,
  noPages: 3,
  outputTooLarge: 4,
  bufferBeyondMemory: 5,
  overlappingBuffers: 6,
  answerBeyondBuffer: 7,
} as const;

/** Why the guard is being ended. */
export const StopReason = { deadline: 1, allocator: 2, exit: 3 } as const;

/** The microseconds of a call without a deadline. */
const NO_DEADLINE = 0xffff_ffff;

/** The time that a call has, as a frame says it. What takes more than an hour has no deadline inside, only outside. */
export function microsecondsOf(timeoutMs: number = Number.POSITIVE_INFINITY): number {
  return Math.min(NO_DEADLINE, Math.max(1, Math.ceil(timeoutMs * 1_000)));
}

/** One frame. Arguments are unsigned. */
export interface Frame {
  readonly tag: number;
  readonly args: readonly number[];
  readonly payload: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** The bytes of a frame. Numbers are taken modulo 2^32; there are at most six arguments. */
export function encodeFrame(
  tag: number,
  args: readonly number[] = [],
  payload: Uint8Array = NOTHING,
): Uint8Array<ArrayBuffer> {
  return encode(tag, args, payload, payload.length);
}

/** The bytes of a request: a frame with enough payload. */
export function encodeRequest(
  tag: number,
  args: readonly number[],
  payload: Uint8Array = NOTHING,
): Uint8Array<ArrayBuffer> {
  return encode(tag, args, payload, Math.max(payload.length, REQUEST_BYTES));
}

function encode(
  tag: number,
  args: readonly number[],
  payload: Uint8Array,
  payloadBytes: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + payloadBytes);
  const header = new DataView(bytes.buffer);
  header.setUint32(0, tag, true);
  header.setUint32(4, payloadBytes, true);
  for (let i = 0; i < args.length; i++) header.setUint32(8 + 4 * i, args[i] as number, true);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/** Tag, payload size and arguments of a header of {@link HEADER_BYTES} bytes. */
export function decodeHeader(bytes: Uint8Array): {
  readonly tag: number;
  readonly payloadBytes: number;
  readonly args: readonly number[];
} {
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const args: number[] = [];
  for (let at = 8; at < HEADER_BYTES; at += 4) args.push(header.getUint32(at, true));
  return { tag: header.getUint32(0, true), payloadBytes: header.getUint32(4, true), args };
}
