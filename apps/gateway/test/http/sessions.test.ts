import { Server } from "@modelcontextprotocol/server";
import { expect, test } from "vitest";
import { Sessions } from "../../src/http/sessions.js";

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
function slowSessions(connected: () => Promise<void>) {
  const ended: string[] = [];
  const sessions = new Sessions({
    maxSessions: 10,
    maxSessionsPerPrincipal: 2,
    idleMs: 60_000,
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

test("one that cannot begin leaves nothing behind", async () => {
  const { sessions, ended } = slowSessions(() => Promise.reject(new Error("no server")));
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect(sessions.fetch(initialize(), alice)).rejects.toThrow("no server");
  }
  expect(sessions.size).toBe(0);
  expect(ended).toHaveLength(3);
  await sessions.close();
});
