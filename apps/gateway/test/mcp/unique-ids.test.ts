import { InMemoryTransport, type JSONRPCMessage, Server } from "@modelcontextprotocol/server";
import { expect, test } from "vitest";
import { UniqueIds } from "../../src/mcp/unique-ids.js";
import { eventually } from "../support/eventually.js";
import { withoutRules } from "../support/without-rules.js";

/** A client's end of a connection whose tools answer when `answer` is called, by their names. */
async function connected() {
  const [client, wire] = InMemoryTransport.createLinkedPair();
  const server = new Server({ name: "test", version: "1.0.0" }, { capabilities: { tools: {} } });
  const answers = new Map<string, () => void>();
  server.setRequestHandler("tools/call", { params: withoutRules }, async ({ name }) => {
    await new Promise<void>((resolve) => answers.set(String(name), resolve));
    return { content: [{ type: "text", text: String(name) }] };
  });
  await server.connect(new UniqueIds(wire));
  const heard: JSONRPCMessage[] = [];
  client.onmessage = (message) => heard.push(message);
  await client.start();
  const call = (id: number, name: string) =>
    client.send({ jsonrpc: "2.0", id, method: "tools/call", params: { name } });
  return { client, call, heard, answers };
}

test("a request with the id of another that is unanswered is refused, and the other one gets its answer", async () => {
  const { client, call, heard, answers } = await connected();
  await call(7, "first");
  await call(7, "second");
  await eventually(() => expect(heard).toHaveLength(1));
  expect(heard[0]).toEqual({
    jsonrpc: "2.0",
    error: { code: -32_600, message: expect.stringContaining("this id is still unanswered") },
  });
  answers.get("first")?.();
  await eventually(() => expect(heard).toHaveLength(2));
  expect(heard[1]).toMatchObject({ id: 7, result: { content: [{ text: "first" }] } });
  expect([...answers.keys()]).toEqual(["first"]);
  await client.close();
});

test("an id can be used again after an answer, and after a cancel", async () => {
  const { client, call, heard, answers } = await connected();
  await call(7, "first");
  await client.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } });
  for (const name of ["second", "third"]) {
    await call(7, name);
    await eventually(() => expect(answers.has(name)).toBe(true));
    answers.get(name)?.();
    await eventually(() => expect(JSON.stringify(heard)).toContain(name));
  }
  expect(JSON.stringify(heard)).not.toContain("error");
  await client.close();
});
