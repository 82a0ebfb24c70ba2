/** Bytes that a client may leave unread; one message more is kept, however long it is. */
const MAX_UNREAD_BYTES = 4_194_304;

/** Bytes that are written at a time. Of more, nobody could tell a client that reads slowly from one that does not. */
const PIECE_BYTES = 65_536;

/**
 * A response whose body is read at once, as those of the SDK grow for as long as a server has something to say and their client
 * does not read. One that grows too long ends. Long messages leave in pieces.
 */
export function withBoundedBody(response: Response): Response {
  if (response.body === null) return response;
  const { status, headers } = response;
  return new Response(bounded(response.body), { status, headers });
}

function bounded(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const strategy = new ByteLengthQueuingStrategy({ highWaterMark: 0 });
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => void pump(reader, controller),
      cancel: (reason) => reader.cancel(reason),
    },
    strategy,
  );
}

async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  controller: ReadableStreamDefaultController<Uint8Array>,
): Promise<void> {
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      if (-(controller.desiredSize ?? 0) > MAX_UNREAD_BYTES) throw new Error("the client does not read");
      for (let at = 0; at < value.length; at += PIECE_BYTES) {
        controller.enqueue(value.subarray(at, at + PIECE_BYTES));
      }
    }
  } catch (error) {
    controller.error(error);
    await reader.cancel(error).catch(() => undefined);
  }
}
