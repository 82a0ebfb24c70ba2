import { expect, test } from "vitest";
import { createMailboxBuffers } from "../src/mailbox/layout.js";
import { WorkerMailbox } from "../src/mailbox/worker-mailbox.js";
import { createWorkerHost } from "../src/worker/worker-host.js";

test("an instance that is not in a call does not get at the answer of the one that is", () => {
  const buffers = createMailboxBuffers(65_536);
  const mailbox = new WorkerMailbox(buffers, { maySpin: false, wakeCaller: () => undefined });
  const host = (isCurrent: boolean) => createWorkerHost(mailbox, () => isCurrent);
  const placed = host(true).placeAnswer(new Uint8Array([1, 2]));
  const stray = host(false).placeAnswer(new Uint8Array([3, 4]));
  expect([[...placed], [...stray]]).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(stray.buffer).not.toBe(buffers.output);
});
