import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const filesystemServer = fileURLToPath(
  import.meta.resolve("@modelcontextprotocol/server-filesystem/dist/index.js"),
);
const policy = {
  filesystem: {
    mode: "filter",
    agent: { secrecy: ["internal"], integrity: [] },
    paths: [
      { prefix: ".", secrecy: [], integrity: [] },
      { prefix: "public", secrecy: [], integrity: [], writable: true },
      { prefix: "work", secrecy: ["internal"], integrity: [], writable: true },
      { prefix: "hr", secrecy: ["internal", "hr"], integrity: [] },
    ],
  },
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(await realpath(tmpdir()), "guardhost-mcp-"));
  for (const [name, content] of [
    ["share/public/handbook.md", "Be kind."],
    ["share/work/notes.md", "The lens fogs up."],
    ["share/hr/salaries.csv", "Everybody: 1"],
    ["policy.json", JSON.stringify(policy)],
  ] as const) {
    await mkdir(join(directory, name, ".."), { recursive: true });
    await writeFile(join(directory, name), content);
  }
});
afterAll(() => rm(directory, { recursive: true }));

describe.each(["sdk-v1-proxy.mjs", "sdk-v2-proxy.mjs"])("%s", (example) => {
  let client: Client;
  beforeAll(async () => {
    client = new Client({ name: "test", version: "0.0.0" });
    const program = fileURLToPath(new URL(`../examples/${example}`, import.meta.url));
    const args = [
      program,
      join(directory, "policy.json"),
      process.execPath,
      filesystemServer,
      join(directory, "share"),
    ];
    await client.connect(new StdioClientTransport({ command: process.execPath, args }));
  });
  afterAll(() => client.close());

  const call = async (name: string, args: Record<string, unknown>) => {
    const { content, isError = false } = await client.callTool({ name, arguments: args });
    return { isError, text: content.map((block) => ("text" in block ? block.text : "")).join("\n") };
  };

  test("lists the tools of the real filesystem server", async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("read_text_file");
  });

  test("reads what the agent may know, and nothing else", async () => {
    expect(await call("read_text_file", { path: "work/notes.md" })).toEqual({
      isError: false,
      text: "The lens fogs up.",
    });
    const secret = await call("read_text_file", { path: "hr/salaries.csv" });
    expect(secret.isError).toBe(true);
    expect(secret.text).not.toContain("Everybody");
  });

  test("writes nothing of it where everybody reads", async () => {
    expect(await call("write_file", { path: "public/leak.md", content: "fog" })).toMatchObject({
      isError: true,
    });
    await expect(readFile(join(directory, "share/public/leak.md"))).rejects.toThrow("ENOENT");
    expect(await call("write_file", { path: "work/todo.md", content: "fog" })).toMatchObject({
      isError: false,
    });
    expect(await readFile(join(directory, "share/work/todo.md"), "utf8")).toBe("fog");
  });

  test("shows a tree without what the agent may not know", async () => {
    const { isError, text } = await call("directory_tree", { path: "." });
    expect(isError).toBe(false);
    expect(text).toContain("public");
    expect(text).not.toContain("hr");
  });
});
