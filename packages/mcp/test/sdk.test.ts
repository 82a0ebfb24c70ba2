import type { Guard } from "@guardhost/core";
import { Client } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GuardedMcp, guardMcp, type ServerOptions } from "../src/index.js";
import { loadFilesystemGuard, policy } from "./support/filesystem.js";
import { type MemoryFilesEvents, memoryFiles } from "./support/memory-files.js";
import { type Connection, connect, type Era } from "./support/sdk-proxy.js";

let guard: Guard;
beforeAll(async () => {
  guard = await loadFilesystemGuard();
});
afterAll(() => guard.close());

/** A client, the guarded proxy and a file server, all of them the official SDK's. */
async function open(
  era: Era,
  server: Partial<ServerOptions> = { definitions: "trusted" },
  client?: Client,
): Promise<Connection & { readonly guarded: GuardedMcp; readonly events: MemoryFilesEvents }> {
  const guarded = guardMcp({ mode: "filter", servers: { files: { guard, policy, ...server } } });
  const events: MemoryFilesEvents = { written: [], aborted: [] };
  const connection = await connect({
    guarded,
    era,
    upstream: () => memoryFiles(events),
    ...(client && { client }),
  });
  return {
    client: connection.client,
    guarded,
    events,
    [Symbol.asyncDispose]: async () => {
      await connection[Symbol.asyncDispose]();
      await guarded.close();
    },
  };
}

const textOf = ({ content }: { content: { type: string; text?: string }[] }) =>
  content.map(({ text }) => text).join("\n");

describe.each(["2025-11-25", "2026-07-28"] as const)("the official client, by %s,", (era) => {
  test("lists tools", async () => {
    await using connection = await open(era);
    const { tools, cacheScope } = await connection.client.listTools();
    // The older revision knows no caches, and its client drops what it does not know.
    if (era === "2026-07-28") expect(cacheScope).toBe("private");
    expect(tools.map(({ name }) => name)).toEqual(["read_text_file", "write_file", "directory_tree"]);
  });

  test("is told that it may not list tools that nobody vouches for", async () => {
    await using connection = await open(era, {});
    await expect(connection.client.request({ method: "tools/list" })).rejects.toMatchObject({ code: -32010 });
  });

  test("reads what the agent may know, and nothing else", async () => {
    await using connection = await open(era);
    const read = (path: string) =>
      connection.client.callTool({ name: "read_text_file", arguments: { path } });
    expect(textOf(await read("/srv/work/notes.md"))).toBe("The lens fogs up.");
    const refused = await read("/srv/hr/salaries.csv");
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).not.toMatch(/Everybody|hr/);
    expect(textOf(await read("/srv/public/../hr/salaries.csv"))).not.toContain("Everybody");
  });

  test("cannot write what is internal where everybody reads", async () => {
    await using connection = await open(era);
    const write = (path: string) =>
      connection.client.callTool({ name: "write_file", arguments: { path, content: "The lens fogs up." } });
    expect((await write("/srv/public/leak.md")).isError).toBe(true);
    expect((await write("/srv/work/todo.md")).isError ?? false).toBe(false);
    expect(connection.events.written).toEqual(["/srv/work/todo.md"]);
  });

  test("gets a listing without what the agent may not know", async () => {
    await using connection = await open(era, { definitions: "trusted", readOnlyTools: ["directory_tree"] });
    const listing = await connection.client.callTool({ name: "directory_tree", arguments: { path: "/srv" } });
    expect(textOf(listing)).toContain("public");
    expect(textOf(listing)).not.toContain("hr");
  });

  test("hears of progress", async () => {
    await using connection = await open(era);
    const heard: unknown[] = [];
    await connection.client.callTool(
      { name: "read_text_file", arguments: { path: "/srv/work/notes.md" } },
      { onprogress: (progress) => heard.push(progress) },
    );
    expect(heard).toEqual([{ progress: 1, total: 2, message: "half of it" }]);
  });

  test("cancels a call, which the server sees, and goes on", async () => {
    await using connection = await open(era);
    const { client, events } = connection;
    const controller = new AbortController();
    const waiting = client.callTool(
      { name: "read_text_file", arguments: { path: "/srv/work/waits" } },
      { signal: controller.signal, onprogress: () => controller.abort(new Error("enough")) },
    );
    await expect(waiting).rejects.toThrow("enough");
    await expect.poll(() => events.aborted).toHaveLength(1);
    const read = await client.callTool({ name: "read_text_file", arguments: { path: "/srv/work/notes.md" } });
    expect(textOf(read)).toBe("The lens fogs up.");
  });

  test("is not let read resources that no guard understands", async () => {
    await using connection = await open(era);
    await expect(connection.client.request({ method: "resources/list" })).rejects.toMatchObject({
      code: -32601,
    });
  });

  test("answers a question of the server where the agent may write, and is not asked where it must not", async () => {
    const asked: string[] = [];
    const answering = new Client({ name: "test", version: "0.0.0" }, { capabilities: { elicitation: {} } });
    answering.setRequestHandler("elicitation/create", async ({ params }) => {
      asked.push(params.message);
      return { action: "accept", content: { sure: true } };
    });
    await using connection = await open(era, { definitions: "trusted" }, answering);
    const ask = (path: string) => connection.client.callTool({ name: "read_text_file", arguments: { path } });
    expect(textOf(await ask("/srv/work/asks"))).toContain('"sure":true');
    expect(asked).toEqual(["Are you sure?"]);
    const refused = await ask("/srv/public/asks").catch(({ message }) => ({
      content: [{ type: "text", text: String(message) }],
    }));
    expect(textOf(refused)).not.toContain('"sure":true');
    expect(asked).toEqual(["Are you sure?"]);
  });
});
