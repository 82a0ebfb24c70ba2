import type { JsonHost } from "@guardhost/core";
import { expect, test } from "vitest";
import { CallerMailbox, type Letter } from "../../src/mailbox/caller-mailbox.js";
import { createMailboxBuffers, OPERATION, WORD } from "../../src/mailbox/layout.js";
import { WorkerMailbox } from "../../src/mailbox/worker-mailbox.js";
import type { GuardThread } from "../../src/pool/guard-thread.js";
import { EventLoopDebt } from "../../src/pool/polling.js";
import { ThreadCall } from "../../src/pool/thread-call.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A worker that is played by the test, on the test's own thread: it gives up each question at once. */
function playedThread() {
  const buffers = createMailboxBuffers(65_536);
  let wakeCaller = (): void => undefined;
  const worker = new WorkerMailbox(buffers, { maySpin: false, wakeCaller: () => wakeCaller() });
  const mailbox = new CallerMailbox(buffers);
  const thread = {
    mailbox,
    polling: { poll: () => false },
    // No time on its side: nobody could answer while it blocks this thread.
    post: (letter: Letter) => mailbox.post({ ...letter, timeoutMs: 0 }, []),
    hold: () => undefined,
    news: () => {
      mailbox.sleep();
      return mailbox.hasNews() ? Promise.resolve() : new Promise<void>((resolve) => (wakeCaller = resolve));
    },
  };
  return { buffers, worker, thread: thread as unknown as GuardThread };
}

test("an answer that comes during the next call leaves the answer to that one's question alone", async () => {
  const { buffers, worker, thread } = playedThread();
  const settings = {
    graceMs: 1_000,
    debt: new EventLoopDebt(),
    onParked: () => undefined,
    onUnparked: () => undefined,
  };
  /** Makes a call whose guest asks once, and gives its call and what it rejects with. */
  const ask = async (askBackend: JsonHost["askBackend"]) => {
    const host = { askBackend, log: () => undefined };
    const call = new ThreadCall(settings, thread, { host, onOver: () => undefined });
    const letter = {
      operation: OPERATION.label_agent,
      channel: 1,
      input: new Uint8Array(0),
      timeoutMs: 5_000,
    };
    const outcome = call.run({ letter }).catch((error) => error);
    await worker.next();
    expect(() => worker.ask("tool", "1")).toThrow();
    await turn();
    return { call, outcome };
  };
  let answerLate: (bytes: Uint8Array) => void = () => undefined;
  const first = await ask(() => new Promise((resolve) => (answerLate = resolve)));
  first.call.stop("enough");
  worker.respond(new Uint8Array([1]));
  expect(await first.outcome).toBe("enough");
  const second = await ask(() => new TextEncoder().encode("second"));
  answerLate(new TextEncoder().encode("late!!"));
  await turn();
  const words = new Int32Array(buffers.control);
  expect([words[WORD.answer], words[WORD.answerBytes]]).toEqual([2, 6]);
  expect(new TextDecoder().decode(new Uint8Array(buffers.answer).slice(0, 6))).toBe("second");
  worker.respond(new Uint8Array([2]));
  expect(await second.outcome).toEqual(new Uint8Array([2]));
});
