import { type FetchLike, STDIO_DEFAULT_MAX_BUFFER_SIZE } from "@modelcontextprotocol/client";

/** Bytes of one message of a server, the same as over stdio. */
const MAX_MESSAGE_BYTES = STDIO_DEFAULT_MAX_BUFFER_SIZE;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** `fetch`, but for answers with a message that is too long, whose bodies fail: the SDK would read on for ever. */
export const boundedFetch: FetchLike = async (url, init) => {
  const response = await fetch(url, init);
  if (response.body === null) return response;
  const { status, statusText, headers } = response;
  const isStream = headers.get("content-type")?.includes("text/event-stream") ?? false;
  return new Response(response.body.pipeThrough(bound(isStream)), { status, statusText, headers });
};

function bound(isStream: boolean): TransformStream<Uint8Array, Uint8Array> {
  const message = new MessageLength(isStream);
  return new TransformStream({
    transform: (chunk, controller) => {
      message.add(chunk);
      if (message.length > MAX_MESSAGE_BYTES) {
        throw new Error(`a message of the server has more than ${MAX_MESSAGE_BYTES} bytes`);
      }
      controller.enqueue(chunk);
    },
  });
}

/** Bytes of the message that is being read: since the last blank line of a stream of events, or since the beginning. */
class MessageLength {
  readonly #isStream: boolean;
  #isLineEmpty = true;
  length = 0;

  constructor(isStream: boolean) {
    this.#isStream = isStream;
  }

  add(chunk: Uint8Array): void {
    let start = 0;
    while (this.#isStream) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end === -1) break;
      const isEmpty = this.#isLineEmpty && isBlank(chunk, start, end);
      this.length = isEmpty ? 0 : this.length + end + 1 - start;
      this.#isLineEmpty = true;
      start = end + 1;
    }
    this.length += chunk.length - start;
    this.#isLineEmpty &&= isBlank(chunk, start, chunk.length);
  }
}

function isBlank(chunk: Uint8Array, start: number, end: number): boolean {
  return end === start || (end === start + 1 && chunk[start] === CARRIAGE_RETURN);
}
