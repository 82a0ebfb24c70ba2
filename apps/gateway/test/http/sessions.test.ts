import { Server } from "@modelcontextprotocol/server";
import { expect, test } from "vitest";
import { Sessions } from "../../src/http/sessions.js";
import { eventually } from "../support/eventually.js";

const alice = { name: "alice", isAdmin: false };
const bob = { name: "bob", isAdmin: false };

const initialize = () =>
  new Request("http://localhost/mcp", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: {
        protocolVersion: "2025-11-25",
        capabilities: {},
        clientInfo: { name: "test", version: "1.0.0" },
      },
    }),
  });

/** Two sessions at most for each principal, which begin when `connected` resolves. */
function slowSessions(connected: () => Promise<void>, idleMs = 60_000) {
  const ended: string[] = [];
  const sessions = new Sessions({
    maxSessions: 10,
    maxSessionsPerPrincipal: 2,
    idleMs,
    maxBodyBytes: 4_096,
    connect: async () => {
      await connected();
      return { server: new Server({ name: "test", version: "1.0.0" }, {}), hear: async () => undefined };
    },
    onEnd: (id) => ended.push(id),
  });
  return { sessions, ended };
}

test("those that are about to begin count for their principal", async () => {
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { sessions } = slowSessions(() => answered);
  const asAlice = [1, 2, 3, 4].map(() => sessions.fetch(initialize(), alice));
  const asBob = sessions.fetch(initialize(), bob);
  answer();
  expect((await Promise.all(asAlice)).map(({ status }) => status)).toEqual([200, 200, 429, 429]);
  expect((await asBob).status).toBe(200);
  expect(sessions.size).toBe(3);
  await sessions.close();
});

test("one is kept from ending by its own principal only", async () => {
  const { sessions, ended } = slowSessions(async () => undefined, 1);
  const response = await sessions.fetch(initialize(), alice);
  const id = response.headers.get("mcp-session-id") ?? "";
  const release = sessions.hold(id, alice);
  sessions.hold(id, bob);
  // It has been idle for long enough, and is looked at again and again.
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(ended).toEqual([]);
  release();
  await eventually(() => expect(ended).toEqual([id]));
  await sessions.close();
});

test("one that cannot begin leaves nothing behind", async () => {
  const { sessions, ended } = slowSessions(() => Promise.reject(new Error("no server")));
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect(sessions.fetch(initialize(), alice)).rejects.toThrow("no server");
  }
  expect(sessions.size).toBe(0);
  expect(ended).toHaveLength(3);
  await sessions.close();
});
