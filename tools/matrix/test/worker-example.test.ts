import { once } from "node:events";
import { cp, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { workerd } from "@guardhost/runtimes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleWorker, serveWorker } from "../src/hosts/workerd-service.js";
import { project } from "./support/project.js";

const example = fileURLToPath(new URL("../../../packages/mcp/examples/cloudflare-worker", import.meta.url));

/** An MCP server that answers each call with the path that it was asked for. */
async function serveUpstream(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const { id, params } = (await json(request)) as { id: number; params: { arguments: { path: string } } };
    const result = { content: [{ type: "text", text: `content of ${params.arguments.path}` }] };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

describe.skipIf(workerd === undefined)("the Worker of the example, in workerd", () => {
  let upstream: Server | undefined;
  let worker: Awaited<ReturnType<typeof serveWorker>> | undefined;

  beforeAll(async () => {
    upstream = await serveUpstream();
    const { port } = upstream.address() as AddressInfo;
    const folder = join(project.folder, "worker");
    await cp(example, folder, { recursive: true });
    const guard = "node_modules/@guardhost/guards/dist/filesystem.wasm";
    const prepared = "worker/filesystem.prepared.wasm";
    await project.run("node_modules/.bin/guardhost", "prepare", guard, "-o", prepared);
    const bundle = await bundleWorker(join(folder, "worker.mjs"), join(folder, "dist"));
    const settings = (await readFile(join(folder, "wrangler.jsonc"), "utf8")).replaceAll(/^\s*\/\/.*$/gm, "");
    const { vars } = JSON.parse(settings);
    const binding = (name: string, value: unknown) =>
      `(name = "${name}", json = ${JSON.stringify(JSON.stringify(value))})`;
    worker = await serveWorker(workerd as string, bundle, {
      fields: `bindings = [
        (name = "AGENTS", durableObjectNamespace = "GuardedAgent"),
        (name = "UPSTREAM", text = "http://127.0.0.1:${port}/"),
        ${binding("POLICY", vars.POLICY)},
        ${binding("TOKENS", { ...vars.TOKENS, "b-token": "bob" })},
      ],
      durableObjectNamespaces = [(className = "GuardedAgent", uniqueKey = "guarded-agent")],
      durableObjectStorage = (inMemory = void),`,
    });
  }, 300_000);
  afterAll(async () => {
    await worker?.close();
    upstream?.close();
  });

  const call = async (token: string, name: string, path: string) => {
    const response = await fetch(worker?.url as string, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 7,
        method: "tools/call",
        params: { name, arguments: { path, ...(name === "write_file" ? { content: "x" } : {}) } },
      }),
    });
    if (!response.ok) return `${response.status}`;
    const { result, error } = (await response.json()) as {
      result?: { content: { text: string }[] };
      error?: { message: string };
    };
    return result?.content.map(({ text }) => text).join("\n") ?? error?.message;
  };

  test("asks who an agent is", async () => {
    expect(await call("no-token", "read_text_file", "/srv/public/a.md")).toBe("401");
  });

  test("lets an agent read what it may, and nothing else", async () => {
    expect(await call("a-token", "read_text_file", "/srv/work/notes.md")).toBe(
      "content of /srv/work/notes.md",
    );
    expect(await call("a-token", "read_text_file", "/srv/hr/salaries.csv")).toContain("not accessible");
  });

  test("keeps from the public what an agent has read, and from nobody else what it may write", async () => {
    await call("a-token", "read_text_file", "/srv/work/notes.md");
    expect(await call("a-token", "write_file", "/srv/public/leak.md")).toContain("must not receive");
    expect(await call("a-token", "write_file", "/srv/work/notes.md")).toBe("content of /srv/work/notes.md");
  });
});
