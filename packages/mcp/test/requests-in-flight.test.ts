import { ProtocolError } from "@modelcontextprotocol/client";
import { expect, test } from "vitest";
import { RequestsInFlight } from "../src/sdk/index.js";

const { signal } = new AbortController();
const contextOf = () => ({ signal, onNotification: () => undefined, onRequest: async () => ({}) });

test.each([
  ["was aborted", new Error("aborted"), false],
  ["was answered with an error", new ProtocolError(-32602, "no"), true],
])("what a server says is no later request's after one that %s", async (_, error, isOver) => {
  const inFlight = new RequestsInFlight();
  await expect(inFlight.during(contextOf(), () => Promise.reject(error))).rejects.toBe(error);
  const later = contextOf();
  await inFlight.during(later, async () => expect(inFlight.only).toBe(isOver ? later : undefined));
});

test("a context that is that of two requests counts twice, and is nobody's until one is left", async () => {
  const inFlight = new RequestsInFlight();
  const context = contextOf();
  await inFlight.during(context, async () => {
    await inFlight.during(context, async () => {
      expect(inFlight.size).toBe(2);
      expect(inFlight.only).toBeUndefined();
    });
    expect(inFlight.only).toBe(context);
  });
  expect(inFlight.size).toBe(0);
});
