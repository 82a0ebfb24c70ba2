/**
 * The shared memory between a caller's thread and a worker. Each word has one writer. Payloads have four regions of their
 * own, so that nobody writes what the other may still be reading:
 *
 * | region   | written by | read                                                      |
 * |----------|------------|-----------------------------------------------------------|
 * | input    | caller     | by the worker, until it has responded                     |
 * | output   | worker     | by the caller, before it posts the next request           |
 * | question | worker     | by the caller, before it answers, or posts the next request |
 * | answer   | caller     | by the worker, once the number on it is its question's    |
 */
export interface MailboxBuffers {
  readonly control: SharedArrayBuffer;
  readonly input: SharedArrayBuffer;
  readonly output: SharedArrayBuffer;
  readonly question: SharedArrayBuffer;
  readonly answer: SharedArrayBuffer;
}

/** Indexes of the control words, 32 bits each. Written by the caller's thread unless a comment says otherwise. */
export const WORD = {
  /** Changes and is notified whenever the worker has something to look at; it never waits for another word. */
  toWorker: 0,
  /** 1 once the worker's code runs. By the worker. */
  started: 1,
  /** 1 while the worker sleeps because there is no request; waking it takes longer than a short call. By the worker. */
  asleep: 2,
  /** 1 while the caller wants a message when something arrives. Set by the caller, reset by the worker. */
  callerSleeps: 3,

  /** Number of the request, never 0; written after all that belongs to it. */
  generation: 4,
  operation: 5,
  channel: 6,
  inputBytes: 7,
  /** How many of the {@link DROPS} count. */
  drops: 8,
  /** Generation that has to stop, or 0. */
  stopped: 9,

  /** Generation that is answered; written after all that belongs to the response. By the worker, as the next three. */
  response: 10,
  status: 11,
  bodyBytes: 12,
  detailBytes: 13,

  /** Number of the backend's question, counted over all requests; written last. By the worker, as the next two. */
  question: 14,
  argsBytes: 15,
  questionDetailBytes: 16,

  /** Number of the question that is answered; written last. */
  answer: 17,
  /** Bytes of the answer, or {@link NO_ANSWER}. */
  answerBytes: 18,

  /** 1 once the worker is to end, whatever it does. */
  ended: 19,
} as const;

/** In place of an answer's length: the backend has failed. */
export const NO_ANSWER = -1;

/** Words with the channels that the worker is to close before it serves the request. */
export const DROPS = { first: 32, most: 16 } as const;

/** Index of the request's time limit in milliseconds, in elements of 64 bits; infinity for none. */
export const TIMEOUT_INDEX = 24;

const CONTROL_BYTES = 256;

/** Bytes that a region has from the beginning; it grows when it needs to. */
const INITIAL_REGION_BYTES = 4_096;

/** What the worker is asked to do. */
export const OPERATION = {
  /** Closes the dropped channels, no more. */
  drop: 0,
  label_agent: 1,
  label_resource: 2,
  label_response: 3,
  /** Opens a channel; what it is opened with comes as a message. */
  open: 4,
  /** Goes on with other regions, which come as a message. */
  renew: 5,
  /** Gives back the memories of WebAssembly that are garbage, where there is no room for others. */
  collect: 6,
} as const;

/** Code of a request. */
export type OperationCode = (typeof OPERATION)[keyof typeof OPERATION];

/** How a request went. */
export const STATUS = { answered: 1, failed: 2 } as const;

/** A fresh mailbox whose payloads may have up to `maxPayloadBytes` each. Takes memory only for what is written. */
export function createMailboxBuffers(maxPayloadBytes: number): MailboxBuffers {
  const region = () =>
    new SharedArrayBuffer(Math.min(INITIAL_REGION_BYTES, maxPayloadBytes), {
      maxByteLength: maxPayloadBytes,
    });
  return {
    control: new SharedArrayBuffer(CONTROL_BYTES),
    input: region(),
    output: region(),
    question: region(),
    answer: region(),
  };
}
