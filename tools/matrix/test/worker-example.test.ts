import { once } from "node:events";
import { cp, readFile } from "node:fs/promises";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { workerd } from "@guardhost/runtimes";
import * as v2 from "@modelcontextprotocol/client";
import * as v1 from "@modelcontextprotocol/sdk/client/index.js";
import * as v1Http from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleWorker, serveWorker } from "../src/hosts/workerd-service.js";
import { project } from "./support/project.js";

const example = fileURLToPath(new URL("../../../packages/mcp/examples/cloudflare-worker", import.meta.url));

/** What `wrangler.jsonc` says. */
interface Settings {
  readonly compatibility_date: string;
  readonly vars: { readonly POLICY: unknown };
}

let settings: Settings;
let bundle: string;

beforeAll(async () => {
  const folder = join(project.folder, "worker");
  await cp(example, folder, { recursive: true });
  const guard = "node_modules/@guardhost/guards/dist/filesystem.wasm";
  await project.run("node_modules/.bin/guardhost", "prepare", guard, "-o", "worker/filesystem.prepared.wasm");
  bundle = await bundleWorker(join(folder, "worker.mjs"), join(folder, "dist"));
  const jsonc = await readFile(join(folder, "wrangler.jsonc"), "utf8");
  settings = JSON.parse(jsonc.replaceAll(/^\s*\/\/.*$/gm, ""));
}, 300_000);

/** An MCP server without sessions, made with the official SDK. Its tools answer with the path that they are asked for. */
async function serveUpstream(enableJsonResponse: boolean, onRequest: () => void): Promise<HttpServer> {
  const http = createServer(async (request, response) => {
    onRequest();
    const server = new Server({ name: "files", version: "1.0.0" }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: [{ name: "read_text_file", inputSchema: { type: "object" } }],
    }));
    server.setRequestHandler(CallToolRequestSchema, ({ params }) => ({
      content: [{ type: "text", text: `content of ${params.arguments?.path}` }],
    }));
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse });
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(request, response);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return http;
}

/** Serves the Worker before a server on a port of this machine. Without tokens, its secret is not there. */
function serveExample(port: number, tokens?: unknown) {
  const binding = (name: string, kind: "json" | "text", value: string) =>
    `(name = "${name}", ${kind} = ${JSON.stringify(value)}),`;
  return serveWorker(workerd as string, bundle, {
    compatibilityDate: settings.compatibility_date,
    fields: `bindings = [
        (name = "AGENTS", durableObjectNamespace = "GuardedAgent"),
        ${binding("UPSTREAM", "text", `http://127.0.0.1:${port}/`)}
        ${binding("POLICY", "json", JSON.stringify(settings.vars.POLICY))}
        ${tokens === undefined ? "" : binding("TOKENS", "text", JSON.stringify(tokens))}
      ],
      durableObjectNamespaces = [(className = "GuardedAgent", uniqueKey = "guarded-agent")],
      durableObjectStorage = (inMemory = void),`,
  });
}

const clients = {
  1: (url: string, token: string) => {
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    const transport = new v1Http.StreamableHTTPClientTransport(new URL(url), { requestInit });
    const client = new v1.Client({ name: "agent", version: "1.0.0" });
    return { client, connect: () => client.connect(transport as Parameters<typeof client.connect>[0]) };
  },
  2: (url: string, token: string) => {
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    const transport = new v2.StreamableHTTPClientTransport(new URL(url), { requestInit });
    const client = new v2.Client({ name: "agent", version: "1.0.0" });
    return { client, connect: () => client.connect(transport) };
  },
};

describe.skipIf(workerd === undefined)("the Worker of the example, in workerd", () => {
  describe.each([
    ["JSON", true],
    ["a stream of events", false],
  ])("before a server that answers with %s", (_what, enableJsonResponse) => {
    let upstream: HttpServer | undefined;
    let asked = 0;
    let worker: Awaited<ReturnType<typeof serveWorker>> | undefined;

    beforeAll(async () => {
      upstream = await serveUpstream(enableJsonResponse, () => asked++);
      worker = await serveExample((upstream.address() as AddressInfo).port, [
        { token: "a-token", principal: "alice" },
        { token: "b-token", principal: "bob" },
      ]);
    });
    afterAll(async () => {
      await worker?.close();
      upstream?.close();
    });

    describe.each([1, 2] as const)("with a client of the SDK's version %d", (version) => {
      /** What a tool answers, or why not. */
      const call = async (token: string, name: string, path: string): Promise<string> => {
        const { client, connect } = clients[version](worker?.url as string, token);
        await connect();
        try {
          const args = { path, ...(name === "write_file" ? { content: "x" } : {}) };
          const { content } = await client.callTool({ name, arguments: args });
          return (content as { text: string }[]).map(({ text }) => text).join("\n");
        } catch (error) {
          return (error as Error).message;
        } finally {
          await client.close();
        }
      };

      test("lets an agent see the tools", async () => {
        const { client, connect } = clients[version](worker?.url as string, "a-token");
        await connect();
        const { tools } = await client.listTools();
        await client.close();
        expect(tools.map(({ name }) => name)).toEqual(["read_text_file"]);
      });

      test("lets an agent read what it may, and nothing else", async () => {
        expect(await call("a-token", "read_text_file", "/srv/work/a.md")).toBe("content of /srv/work/a.md");
        expect(await call("a-token", "read_text_file", "/srv/hr/a.csv")).toContain("not accessible");
      });

      test("keeps from the public what an agent has read, and lets it write where that may be known", async () => {
        await call("b-token", "read_text_file", "/srv/work/a.md");
        expect(await call("b-token", "write_file", "/srv/public/a.md")).toContain("must not receive");
        expect(await call("b-token", "write_file", "/srv/work/a.md")).toBe("content of /srv/work/a.md");
      });

      test("asks who an agent is", async () => {
        await expect(clients[version](worker?.url as string, "no-token").connect()).rejects.toThrow(
          /401|who are you/,
        );
      });
    });

    const send = (body: unknown, token = "a-token", init: RequestInit = {}) =>
      fetch(worker?.url as string, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: typeof body === "string" ? body : JSON.stringify(body),
        ...init,
      });

    test.each(["", "0", "length", "alice", "undefined", "[object Object]"])(
      "takes %j for no token",
      async (token) => {
        const { status } = await send({ jsonrpc: "2.0", id: 1, method: "ping" }, token);
        expect(status).toBe(401);
      },
    );

    test.each([
      ["no JSON", "{", 400],
      ["several messages", [{ jsonrpc: "2.0", id: 1, method: "ping" }], 400],
      ["a notification", { jsonrpc: "2.0", method: "notifications/initialized" }, 202],
      ["an answer", { jsonrpc: "2.0", id: 1, result: {} }, 202],
    ])("is asked nothing by %s", async (_what, body, status) => {
      const before = asked;
      expect((await send(body)).status).toBe(status);
      expect(asked).toBe(before);
    });

    test.each(["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])(
      "is spoken to in the agent's version %s",
      async (protocolVersion) => {
        const params = { protocolVersion, capabilities: {}, clientInfo: { name: "agent", version: "1.0.0" } };
        const response = await send({ jsonrpc: "2.0", id: 1, method: "initialize", params });
        expect(await response.json()).toMatchObject({ result: { protocolVersion } });
      },
    );

    test.each(["GET", "DELETE"])("takes no %s", async (method) => {
      const response = await send(undefined, "a-token", { method, body: null });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    });
  });

  test("lets nobody in whose tokens it was not told", async () => {
    const worker = await serveExample(9);
    const answers = await Promise.all(
      ["Bearer undefined", "Bearer a-token", ""].map((authorization) =>
        fetch(worker.url, { method: "POST", headers: { authorization } }),
      ),
    );
    await worker.close();
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  });
});
