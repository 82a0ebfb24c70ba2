import type { GuardError } from "@guardhost/core";
import {
  decodeDetails,
  guardErrorOf,
  type LogEntry,
  type QuestionDetails,
  type ResponseDetails,
} from "./details.js";
import {
  DROPS,
  type MailboxBuffers,
  NO_ANSWER,
  type OperationCode,
  STATUS,
  TIMEOUT_INDEX,
  WORD,
} from "./layout.js";
import { Region } from "./region.js";

/** What the worker is to do next. */
export interface Letter {
  readonly operation: OperationCode;
  readonly channel: number;
  readonly input: Uint8Array;
  /** Milliseconds; infinity for no limit. */
  readonly timeoutMs: number;
}

/** A question of the guest to its backend. */
export interface Question {
  readonly number: number;
  readonly tool: string;
  /** JSON, perhaps: the guest wrote it. */
  readonly args: string;
  readonly logs: readonly LogEntry[];
}

/** What became of a request. */
export interface Response {
  readonly bytes: Uint8Array;
  readonly error: GuardError | undefined;
  readonly logs: readonly LogEntry[];
}

const NO_LOGS: readonly LogEntry[] = [];
const NO_BYTES = new Uint8Array(0);

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The caller's end of a mailbox: one request at a time. */
export class CallerMailbox {
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  #input: Region;
  #output: Region;
  #question: Region;
  #answer: Region;
  #generation = 0;
  /** The last question that was taken. */
  #asked = 0;

  constructor(buffers: MailboxBuffers) {
    this.#words = new Int32Array(buffers.control);
    this.#times = new Float64Array(buffers.control);
    [this.#input, this.#output, this.#question, this.#answer] = regionsOf(buffers);
  }

  /** Goes on with other regions, once the worker does. */
  renew(buffers: MailboxBuffers): void {
    [this.#input, this.#output, this.#question, this.#answer] = regionsOf(buffers);
  }

  /** Bytes that the regions have grown to. */
  get bytes(): number {
    return this.#input.bytes + this.#output.bytes + this.#question.bytes + this.#answer.bytes;
  }

  get started(): boolean {
    return Atomics.load(this.#words, WORD.started) === 1;
  }

  /** Whether the worker sees a request without having to be woken. */
  get isAwake(): boolean {
    return Atomics.load(this.#words, WORD.asleep) === 0;
  }

  /** Number that the next request will have. */
  get nextGeneration(): number {
    return (this.#generation + 1) | 0 || 1;
  }

  /**
   * Posts a request; the one before must have been responded to.
   *
   * @param drops channels for the worker to close; those that fit are taken out
   * @throws GuardError when the input does not fit; nothing is posted then
   */
  post({ operation, channel, input, timeoutMs }: Letter, drops: number[]): void {
    const words = this.#words;
    this.#input.write(input);
    words[WORD.operation] = operation;
    words[WORD.channel] = channel;
    words[WORD.inputBytes] = input.length;
    words[WORD.drops] = 0;
    if (drops.length > 0) {
      const sent = drops.splice(0, DROPS.most);
      words.set(sent, DROPS.first);
      words[WORD.drops] = sent.length;
    }
    words[WORD.stopped] = 0;
    this.#times[TIMEOUT_INDEX] = timeoutMs;
    this.#generation = this.nextGeneration;
    Atomics.store(words, WORD.generation, this.#generation);
    this.#wakeWorker();
  }

  /** Whether there is anything to take. */
  hasNews(): boolean {
    return this.hasResponse() || Atomics.load(this.#words, WORD.question) !== this.#asked;
  }

  hasResponse(): boolean {
    return Atomics.load(this.#words, WORD.response) === this.#generation;
  }

  /** The response to the last request, once {@link hasResponse}. */
  takeResponse(): Response {
    const words = this.#words;
    const bodyBytes = words[WORD.bodyBytes] as number;
    const detailBytes = words[WORD.detailBytes] as number;
    const bytes = bodyBytes === 0 ? NO_BYTES : this.#output.read(0, bodyBytes);
    if (detailBytes === 0) return { bytes, error: undefined, logs: NO_LOGS };
    const { logs, error } = decodeDetails<ResponseDetails>(this.#output.read(bodyBytes, detailBytes));
    const failed = words[WORD.status] === STATUS.failed && error !== undefined;
    return { bytes, error: failed ? guardErrorOf(error) : undefined, logs };
  }

  /** The question that arrived since the last one, if one did. */
  takeQuestion(): Question | undefined {
    const words = this.#words;
    const number = Atomics.load(words, WORD.question);
    if (number === this.#asked) return undefined;
    this.#asked = number;
    const argsBytes = words[WORD.argsBytes] as number;
    const details = this.#question.read(argsBytes, words[WORD.questionDetailBytes] as number);
    const { tool, logs } = decodeDetails<QuestionDetails>(details);
    return { number, tool, logs, args: decoder.decode(this.#question.read(0, argsBytes)) };
  }

  /** Answers a question, which must be the last one, of a request that is not over. Undefined: the backend has failed. */
  answer(question: number, bytes: Uint8Array | undefined): void {
    if (bytes !== undefined) this.#answer.write(bytes);
    this.#words[WORD.answerBytes] = bytes?.length ?? NO_ANSWER;
    Atomics.store(this.#words, WORD.answer, question);
    this.#wakeWorker();
  }

  /** Tells the worker that nobody needs the last request any more. */
  stop(): void {
    Atomics.store(this.#words, WORD.stopped, this.#generation);
    this.#wakeWorker();
  }

  /** Tells the worker to end by itself: not every runtime terminates one that is blocked, as a worker that waits is. */
  end(): void {
    Atomics.store(this.#words, WORD.ended, 1);
    this.#wakeWorker();
  }

  /** From here on news come with a message. To be followed by a look for news that have come already. */
  sleep(): void {
    Atomics.store(this.#words, WORD.callerSleeps, 1);
  }

  #wakeWorker(): void {
    Atomics.add(this.#words, WORD.toWorker, 1);
    Atomics.notify(this.#words, WORD.toWorker);
  }
}

function regionsOf({ input, output, question, answer }: MailboxBuffers): [Region, Region, Region, Region] {
  return [
    new Region(input, "INPUT_TOO_LARGE"),
    new Region(output, "OUTPUT_TOO_LARGE"),
    new Region(question, "INPUT_TOO_LARGE"),
    new Region(answer, "OUTPUT_TOO_LARGE"),
  ];
}
