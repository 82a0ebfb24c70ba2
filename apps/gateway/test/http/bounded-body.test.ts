import { expect, test } from "vitest";
import { withBoundedBody } from "../../src/http/bounded-body.js";

const MIB = 1_048_576;

/** A body to which things can be added for as long as it lasts. */
function growing() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (own) => {
      controller = own;
    },
    cancel: () => {
      isCancelled = true;
    },
  });
  const add = async (bytes: number) => {
    if (!isCancelled) controller.enqueue(new Uint8Array(bytes));
    // What is there is taken at once.
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { body, add, end: () => controller.close(), isCancelled: () => isCancelled };
}

test("what is read arrives, with status and headers", async () => {
  const { body, add, end } = growing();
  const response = withBoundedBody(new Response(body, { status: 202, headers: { "x-test": "yes" } }));
  for (let n = 0; n < 3; n++) await add(1);
  end();
  expect(response.status).toBe(202);
  expect(response.headers.get("x-test")).toBe("yes");
  expect((await response.arrayBuffer()).byteLength).toBe(3);
});

test("a response without a body is one without a body", () => {
  expect(withBoundedBody(new Response(null, { status: 202 })).body).toBeNull();
});

test("one message is kept, however long it is", async () => {
  const { body, add, end } = growing();
  const response = withBoundedBody(new Response(body));
  await add(16 * MIB);
  end();
  expect((await response.arrayBuffer()).byteLength).toBe(16 * MIB);
});

test("a long message leaves in pieces, by which a client that reads slowly shows that it reads", async () => {
  const bytes = Uint8Array.from({ length: 300_001 }, (_, at) => at % 251);
  const read: Uint8Array[] = [];
  for await (const piece of withBoundedBody(new Response(bytes)).body ?? []) read.push(piece);
  expect(Math.max(...read.map(({ length }) => length))).toBeLessThanOrEqual(65_536);
  expect(Buffer.concat(read).equals(bytes)).toBe(true);
});

test("a body that nobody reads ends when it has grown too long, and so does what it is made of", async () => {
  const { body, add, isCancelled } = growing();
  const response = withBoundedBody(new Response(body));
  for (let n = 0; n < 6; n++) await add(MIB);
  expect(isCancelled()).toBe(true);
  await expect(response.arrayBuffer()).rejects.toThrow("does not read");
});

test("whoever does not want it any more ends it", async () => {
  const { body, isCancelled } = growing();
  await withBoundedBody(new Response(body)).body?.cancel();
  expect(isCancelled()).toBe(true);
});
