import { GuardError } from "@guardhost/core";
import { describe, expect, test } from "vitest";
import { CallerMailbox, type Letter } from "../../src/mailbox/caller-mailbox.js";
import { createMailboxBuffers, OPERATION, WORD } from "../../src/mailbox/layout.js";
import { WorkerMailbox, type WorkerRequest } from "../../src/mailbox/worker-mailbox.js";

const NOTHING = new Uint8Array(0);
const MAX_PAYLOAD_BYTES = 1_048_576;

/** Both ends on one thread: whatever would be waited for has to be there already. */
function mailbox() {
  const buffers = createMailboxBuffers(MAX_PAYLOAD_BYTES);
  let wakes = 0;
  const caller = new CallerMailbox(buffers);
  const worker = new WorkerMailbox(buffers, { maySpin: false, wakeCaller: () => wakes++ });
  return {
    caller,
    worker,
    words: new Int32Array(buffers.control),
    output: buffers.output,
    wakes: () => wakes,
  };
}

/** The next request, which is there. */
async function taken(worker: WorkerMailbox): Promise<WorkerRequest> {
  const request = await worker.next();
  if (request === undefined) throw new Error("the worker was told to end");
  return request;
}

const letter = (changes: Partial<Letter> = {}): Letter => ({
  operation: OPERATION.label_resource,
  channel: 7,
  input: NOTHING,
  timeoutMs: 20,
  ...changes,
});

test("a request arrives as it was posted", async () => {
  const { caller, worker } = mailbox();
  const generation = caller.nextGeneration;
  caller.post(letter({ input: new Uint8Array([1, 2, 3]) }), []);
  const { input, ...request } = await taken(worker);
  expect([...input]).toEqual([1, 2, 3]);
  expect(request).toEqual({ generation, operation: 2, channel: 7, timeoutMs: 20, drops: [] });
});

test("a response arrives as it was given, with messages in order", async () => {
  const { caller, worker } = mailbox();
  caller.post(letter(), []);
  await worker.next();
  worker.log("warn", "first");
  worker.log("debug", "second");
  expect(caller.hasNews()).toBe(false);
  worker.respond(new Uint8Array([9, 8]));
  expect(caller.hasNews()).toBe(true);
  const { bytes, error, logs } = caller.takeResponse();
  expect({ bytes: [...bytes], error, logs }).toEqual({
    bytes: [9, 8],
    error: undefined,
    logs: [
      ["warn", "first"],
      ["debug", "second"],
    ],
  });
});

test("an answer that was placed arrives from where it is, with messages behind it", async () => {
  const { caller, worker, output } = mailbox();
  caller.post(letter(), []);
  await worker.next();
  const placed = worker.place(new Uint8Array([9, 8]));
  expect(placed.buffer).toBe(output);
  worker.log("warn", "a message");
  worker.respond(placed);
  const { bytes, logs } = caller.takeResponse();
  expect({ bytes: [...bytes], logs }).toEqual({ bytes: [9, 8], logs: [["warn", "a message"]] });
  expect(bytes.buffer).not.toBe(output);
});

test("an answer for which there is no place is refused when it is given", async () => {
  const { caller, worker } = mailbox();
  caller.post(letter(), []);
  await worker.next();
  const placed = worker.place(new Uint8Array(MAX_PAYLOAD_BYTES + 1));
  expect(placed.length).toBe(MAX_PAYLOAD_BYTES + 1);
  worker.respond(placed);
  expect(caller.takeResponse()).toMatchObject({ error: { code: "OUTPUT_TOO_LARGE", lost: false } });
});

test("an answer that was placed for a request that fails does not come with the error", async () => {
  const { caller, worker } = mailbox();
  caller.post(letter(), []);
  await worker.next();
  worker.place(new Uint8Array([9, 8]));
  worker.fail(new GuardError("EXITED", "gone", { lost: true }));
  expect(caller.takeResponse()).toMatchObject({ bytes: NOTHING, error: { code: "EXITED" } });
});

test("an error arrives with the messages before it, which do not come again", async () => {
  const { caller, worker } = mailbox();
  caller.post(letter(), []);
  await worker.next();
  worker.log("info", "before");
  worker.fail(new GuardError("EXITED", "gone", { lost: true }));
  expect(caller.takeResponse()).toMatchObject({
    error: { code: "EXITED", lost: true },
    logs: [["info", "before"]],
  });
  caller.post(letter(), []);
  await worker.next();
  worker.respond(NOTHING);
  expect(caller.takeResponse()).toMatchObject({ error: undefined, logs: [] });
});

/** A request whose guest has logged more than there is memory for. */
async function requestWithoutMemory() {
  const { caller, worker, output } = mailbox();
  output.grow = () => {
    throw new RangeError("out of memory");
  };
  caller.post(letter(), []);
  await worker.next();
  worker.log("info", "x".repeat(10_000));
  return { caller, worker };
}

test("an answer arrives without the messages before it where there is no memory for them", async () => {
  const { caller, worker } = await requestWithoutMemory();
  worker.respond(new Uint8Array([9, 8]));
  const { bytes, error, logs } = caller.takeResponse();
  expect({ bytes: [...bytes], error, logs }).toEqual({ bytes: [9, 8], error: undefined, logs: [] });
});

test("an error arrives without the messages before it where there is no memory for them", async () => {
  const { caller, worker } = await requestWithoutMemory();
  worker.fail(new GuardError("EXITED", "gone", { lost: true }));
  expect(caller.takeResponse()).toMatchObject({ error: { code: "EXITED", lost: true }, logs: [] });
});

test("drops travel with requests, as many as fit into each", async () => {
  const { caller, worker } = mailbox();
  const drops = Array.from({ length: 20 }, (_, id) => id + 1);
  const got: number[][] = [];
  for (let request = 0; request < 3; request++) {
    caller.post(letter(), drops);
    got.push([...(await taken(worker)).drops]);
    worker.respond(NOTHING);
  }
  expect(got.map(({ length }) => length)).toEqual([16, 4, 0]);
  expect(got.flat()).toEqual(Array.from({ length: 20 }, (_, id) => id + 1));
  expect(drops).toEqual([]);
});

test("a worker that is to end gets no request any more, and stops the one that it has", async () => {
  const { caller, worker } = mailbox();
  caller.post(letter(), []);
  await worker.next();
  expect(worker.isStopped).toBe(false);
  caller.end();
  expect(worker.isStopped).toBe(true);
  expect(() => worker.ask("tool", "{}")).toThrow("in time");
  worker.respond(NOTHING);
  caller.post(letter(), []);
  expect(await worker.next()).toBeUndefined();
});

test("a request that does not fit is not posted, and keeps its drops", () => {
  const { caller } = mailbox();
  const drops = [1];
  const generation = caller.nextGeneration;
  expect(() => caller.post(letter({ input: new Uint8Array(1_048_577) }), drops)).toThrow(
    expect.objectContaining({ code: "INPUT_TOO_LARGE" }),
  );
  expect(drops).toEqual([1]);
  expect(caller.nextGeneration).toBe(generation);
});

describe("generations", () => {
  test("the response to one request is none to the next", async () => {
    const { caller, worker } = mailbox();
    caller.post(letter(), []);
    await worker.next();
    worker.respond(NOTHING);
    expect(caller.hasResponse()).toBe(true);
    caller.post(letter(), []);
    expect(caller.hasResponse()).toBe(false);
  });

  test("the stop of one request is none of the next", async () => {
    const { caller, worker } = mailbox();
    caller.post(letter(), []);
    await worker.next();
    expect(worker.isStopped).toBe(false);
    caller.stop();
    expect(worker.isStopped).toBe(true);
    worker.respond(NOTHING);
    caller.post(letter(), []);
    await worker.next();
    expect(worker.isStopped).toBe(false);
  });

  test("a stop is forgotten with the next request: numbers come round again some day", () => {
    const { caller, words } = mailbox();
    caller.post(letter(), []);
    caller.stop();
    expect(words[WORD.stopped]).not.toBe(0);
    caller.post(letter(), []);
    expect(words[WORD.stopped]).toBe(0);
  });

  test("an answer to one question is none to the next, of the same request or another one", async () => {
    const { caller, worker } = mailbox();
    caller.post(letter(), []);
    await worker.next();
    // It is there before the question, so nothing has to be waited for.
    caller.answer(1, new Uint8Array([1]));
    expect([...worker.ask("one", "")]).toEqual([1]);
    expect(() => worker.ask("two", "")).toThrow("in time");
    worker.respond(NOTHING);
    caller.post(letter(), []);
    await worker.next();
    caller.answer(2, new Uint8Array([2]));
    expect(() => worker.ask("three", "")).toThrow("in time");
  });
});

describe("questions", () => {
  test("arrive with the messages before them", async () => {
    const { caller, worker } = mailbox();
    caller.post(letter(), []);
    await worker.next();
    worker.log("info", "before");
    caller.answer(1, NOTHING);
    expect(worker.ask("tool", '{"a":"ä"}')).toEqual(NOTHING);
    expect(caller.takeQuestion()).toEqual({
      number: 1,
      tool: "tool",
      args: '{"a":"ä"}',
      logs: [["info", "before"]],
    });
    expect(caller.takeQuestion()).toBeUndefined();
    worker.respond(NOTHING);
    expect(caller.takeResponse().logs).toEqual([]);
  });

  test("are there beside the response of a guest that did not wait for the answer", async () => {
    const { caller, worker } = mailbox();
    caller.post(letter(), []);
    await worker.next();
    worker.log("info", "asking");
    expect(() => worker.ask("tool", "1")).toThrow("in time");
    worker.log("info", "gave up");
    worker.respond(new Uint8Array([5]));
    expect(caller.takeQuestion()).toMatchObject({ tool: "tool", args: "1", logs: [["info", "asking"]] });
    expect(caller.takeResponse().logs).toEqual([["info", "gave up"]]);
  });

  test("fail when the backend does, when the request is stopped, and for good when it was too late", async () => {
    const { caller, worker } = mailbox();
    caller.post(letter({ timeoutMs: Number.POSITIVE_INFINITY }), []);
    await worker.next();
    caller.answer(1, undefined);
    expect(() => worker.ask("tool", "1")).toThrow("the backend failed");
    caller.stop();
    expect(() => worker.ask("tool", "1")).toThrow("in time");
    caller.answer(3, NOTHING);
    expect(() => worker.ask("tool", "1")).toThrow("not asked again");
  });

  test("that do not fit are not asked, and keep their messages", async () => {
    const { caller, worker } = mailbox();
    caller.post(letter(), []);
    await worker.next();
    worker.log("info", "before");
    expect(() => worker.ask("tool", "x".repeat(1_048_577))).toThrow("do not fit");
    expect(caller.takeQuestion()).toBeUndefined();
    worker.respond(NOTHING);
    expect(caller.takeResponse().logs).toEqual([["info", "before"]]);
  });
});

test("the caller is woken only when it sleeps, and once", async () => {
  const { caller, worker, wakes } = mailbox();
  caller.post(letter(), []);
  await worker.next();
  worker.respond(NOTHING);
  expect(wakes()).toBe(0);
  caller.post(letter(), []);
  caller.sleep();
  await worker.next();
  caller.answer(1, NOTHING);
  worker.ask("tool", "1");
  expect(wakes()).toBe(1);
  worker.respond(NOTHING);
  expect(wakes()).toBe(1);
});

test("fresh regions take over, on both ends", async () => {
  const { caller, worker } = mailbox();
  caller.post(letter({ input: new Uint8Array(500_000) }), []);
  await worker.next();
  const fresh = createMailboxBuffers(1_048_576);
  worker.renew(fresh);
  worker.respond(NOTHING);
  expect(caller.hasResponse()).toBe(true);
  expect(caller.bytes).toBeGreaterThan(500_000);
  caller.renew(fresh);
  expect(caller.bytes).toBeLessThan(20_000);
  caller.post(letter({ input: new Uint8Array([3]) }), []);
  expect([...(await taken(worker)).input]).toEqual([3]);
  worker.respond(new Uint8Array([4]));
  expect([...caller.takeResponse().bytes]).toEqual([4]);
});

test("the worker's event loop turns when many requests come in a row", async () => {
  const { caller, worker } = mailbox();
  let turns = 0;
  const count = () => {
    turns++;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  for (let request = 0; request < 3_000; request++) {
    caller.post(letter(), []);
    await worker.next();
    worker.respond(NOTHING);
  }
  clearImmediate(timer);
  expect(turns).toBeGreaterThan(0);
});
