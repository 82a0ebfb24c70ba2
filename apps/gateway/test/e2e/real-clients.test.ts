import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, createClient, ERAS, textOf } from "../support/clients.js";
import { freePort } from "../support/free-port.js";
import { GatewayProcess, mainFile } from "../support/gateway-process.js";
import { hasNode26, runWithNode26 } from "../support/run-node26.js";
import { filesystemGuard, filesystemServer, SECRET, Share } from "../support/share.js";

const { resolve } = createRequire(import.meta.url);
const everything = resolve("@modelcontextprotocol/server-everything/dist/index.js");
const memory = resolve("@modelcontextprotocol/server-memory/dist/index.js");

let share: Share;
let directory: string;
let stdioFile: string;
let gateway: GatewayProcess;

beforeAll(async () => {
  share = await Share.create();
  directory = await mkdtemp(join(tmpdir(), "guardhost-clients-"));
  const node = (file: string, env: object = {}) => ({
    command: process.execPath,
    args: [file],
    env,
    unguarded: true,
  });
  const config = {
    mcpServers: {
      files: filesystemServer(share, "filter", { secrecy: [], integrity: [] }),
      memory: node(memory, { MEMORY_FILE_PATH: join(directory, "memory.jsonl") }),
      everything: { ...node(everything), connection: "session" },
    },
    guards: { filesystem: filesystemGuard },
    gateway: { port: 0, mode: "filter", auth: false },
  };
  stdioFile = join(directory, "gateway.json");
  await writeFile(stdioFile, JSON.stringify(config));
  gateway = await GatewayProcess.start(config);
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await share?.[Symbol.asyncDispose]();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

describe.each(ERAS)("the official client of %s", (era) => {
  test("uses real servers over HTTP", async () => {
    await using client = await connect(`${gateway.url}/mcp`, { era });
    const { tools } = await client.listTools();
    const servers = new Set(tools.map(({ name }) => name.split("___")[0]));
    expect(servers).toEqual(new Set(["files", "memory", "everything"]));
    const sum = await client.callTool({ name: "everything___get-sum", arguments: { a: 2, b: 40 } });
    expect(textOf(sum)).toContain("42");
    const entities = [{ name: `lamp ${era}`, entityType: "product", observations: ["bright"] }];
    await client.callTool({ name: "memory___create_entities", arguments: { entities } });
    const graph = await client.callTool({ name: "memory___read_graph", arguments: {} });
    expect(textOf(graph)).toContain(`lamp ${era}`);
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toContain("everything___simple-prompt");
    const { resources } = await client.listResources();
    const own = resources.find(({ uri }) => uri.startsWith("gateway:everything/"));
    const { contents } = await client.readResource({ uri: own?.uri ?? "" });
    expect(contents[0]?.uri).toBe(own?.uri);
  });

  test("uses real servers over stdio, and ends the gateway with the connection", async () => {
    const client = createClient(era);
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [mainFile, "--stdio", stdioFile],
      stderr: "ignore",
    });
    await client.connect(transport);
    const page = { name: "files___read_text_file", arguments: { path: "public/handbook.md" } };
    expect(textOf(await client.callTool(page))).toBe("Be kind.\n");
    const secret = { name: "files___read_text_file", arguments: { path: "hr/salaries.csv" } };
    const refused = await client.callTool(secret);
    expect(refused.isError).toBe(true);
    expect(JSON.stringify(refused)).not.toContain(SECRET);
    const { pid } = transport;
    await client.close();
    await expect.poll(() => isRunning(pid), { timeout: 30_000 }).toBe(false);
  });

  test("is told of progress", async () => {
    await using client = await connect(`${gateway.url}/mcp/everything`, { era });
    const progress: number[] = [];
    const call = { name: "trigger-long-running-operation", arguments: { duration: 0.4, steps: 4 } };
    await client.callTool(call, { onprogress: ({ progress: done }) => void progress.push(done) });
    // The official client forgets whom to tell with the result: the last step is lost to it where both arrive together.
    expect(progress.slice(0, 3)).toEqual([1, 2, 3]);
  });
});

test("over stdio, the end of input ends the gateway with status 0", async () => {
  const child = spawn(process.execPath, [mainFile, "--stdio", stdioFile], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.stdin.end();
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("a client of 2025-11-25 is asked by a server, and answers", async () => {
  const client = createClient("2025-11-25", { capabilities: { elicitation: {}, sampling: {} } });
  client.setRequestHandler("elicitation/create", () => ({ action: "decline" }));
  client.setRequestHandler("sampling/createMessage", () => ({
    model: "none",
    role: "assistant",
    content: { type: "text", text: "sampled by the test" },
  }));
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
  await client.connect(new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp/everything`)));
  try {
    const asked = await client.callTool({ name: "trigger-elicitation-request", arguments: {} });
    expect(textOf(asked)).toContain("declined");
    const call = { name: "trigger-sampling-request", arguments: { prompt: "hello", maxTokens: 10 } };
    expect(textOf(await client.callTool(call))).toContain("sampled by the test");
  } finally {
    await client.close();
  }
});

describe.skipIf(!hasNode26)("the MCP inspector (needs Node 26 of tools/runtimes)", () => {
  const inspect = (...args: string[]) =>
    runWithNode26(
      "@modelcontextprotocol/inspector",
      "clients/launcher/build/index.js",
      ["--cli", ...args],
      directory,
    );

  test("lists and calls tools over HTTP", async () => {
    const target = [`${gateway.url}/mcp`, "--transport", "http"];
    const list = await inspect(...target, "--method", "tools/list");
    expect(list).toMatchObject({ status: 0, output: expect.stringContaining("files___read_text_file") });
    const call = ["--tool-name", "files___read_text_file", "--tool-arg", "path=public/handbook.md"];
    expect(await inspect(...target, "--method", "tools/call", ...call)).toMatchObject({
      status: 0,
      output: expect.stringContaining("Be kind."),
    });
  });

  test("lists and calls tools over stdio", async () => {
    const target = [process.execPath, mainFile, "--stdio", stdioFile];
    const list = await inspect(...target, "--method", "tools/list");
    expect(list).toMatchObject({ status: 0, output: expect.stringContaining("memory___read_graph") });
    const call = ["--tool-name", "files___read_text_file", "--tool-arg", "path=hr/salaries.csv"];
    const { output } = await inspect(...target, "--method", "tools/call", ...call);
    expect(output).toContain("[Filtered]");
    expect(output).not.toContain(SECRET);
  });
});

describe.skipIf(!hasNode26)("MCP's conformance suite (needs Node 26 of tools/runtimes)", () => {
  async function passed(url: string): Promise<Set<string>> {
    const { output } = await runWithNode26(
      "@modelcontextprotocol/conformance",
      "dist/index.js",
      ["server", "--url", url],
      directory,
    );
    return new Set([...output.matchAll(/^✓ ([\w-]+): \d+ passed, 0 failed$/gm)].map(([, name = ""]) => name));
  }

  test("passes wherever it passes against server-everything itself", async () => {
    const port = await freePort();
    const direct = spawn(process.execPath, [everything, "streamableHttp"], {
      env: { ...process.env, PORT: String(port) },
      stdio: ["ignore", "ignore", "pipe"],
    });
    try {
      for await (const chunk of direct.stderr) if (String(chunk).includes("listening")) break;
      direct.stderr.resume();
      const expected = await passed(`http://localhost:${port}/mcp`);
      expect(expected.size).toBeGreaterThan(8);
      const through = await passed(`${gateway.url}/mcp/everything`);
      expect([...expected].filter((name) => !through.has(name))).toEqual([]);
    } finally {
      direct.kill();
    }
  });
});

function isRunning(pid: number | null | undefined): boolean {
  if (typeof pid !== "number") return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
