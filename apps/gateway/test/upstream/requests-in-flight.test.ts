import { ProtocolError } from "@modelcontextprotocol/client";
import { expect, test } from "vitest";
import { RequestsInFlight } from "../../src/upstream/requests-in-flight.js";

const log = { method: "notifications/message", params: { data: "a line" } };
const question = { method: "sampling/createMessage", params: {} };

test.each([
  ["was aborted", new Error("aborted"), false],
  ["was answered with an error", new ProtocolError(-32602, "no"), true],
])("what a server says is no later request's after one that %s", async (_, error, isOver) => {
  const inFlight = new RequestsInFlight();
  const heard: unknown[] = [];
  const listener = {
    onNotification: (said: unknown) => heard.push(said),
    onRequest: async () => ({ answered: true }),
  };
  await expect(inFlight.during(listener, () => Promise.reject(error))).rejects.toBe(error);
  await inFlight.during(listener, async () => {
    expect(inFlight.notify(log)).toBe(isOver);
    const asked = inFlight.ask(question);
    if (isOver) expect(await asked).toEqual({ answered: true });
    else await expect(asked).rejects.toThrow("nobody answers it");
  });
  expect(heard).toEqual(isOver ? [log] : []);
});
