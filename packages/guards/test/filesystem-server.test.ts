import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  filesystemGuard,
  OPEN,
  PATH,
  policy,
  refusal,
  resource,
  response,
  secrecyOf,
  secret,
  UNLISTED,
} from "./filesystem-guard.js";
import type { RawGuard } from "./raw-guard.js";

interface ToolResult {
  readonly content: readonly { readonly type: string; readonly text: string }[];
  readonly structuredContent: { readonly content: string };
}

/** The real server over its standard input and output, with as much of MCP as calling tools takes. */
class FilesystemServer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #lastId = 0;

  constructor(directories: readonly string[], home?: string) {
    const entry = import.meta.resolve("@modelcontextprotocol/server-filesystem/dist/index.js");
    const env = home === undefined ? process.env : { ...process.env, HOME: home };
    this.#process = spawn(process.execPath, [fileURLToPath(entry), ...directories], { env });
    createInterface({ input: this.#process.stdout }).on("line", (line) => {
      const { id, result } = JSON.parse(line);
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  async start(): Promise<void> {
    const clientInfo = { name: "test", version: "0" };
    await this.request("initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo });
    this.#send({ jsonrpc: "2.0", method: "notifications/initialized" });
  }

  request(method: string, params: object): Promise<unknown> {
    const id = ++this.#lastId;
    this.#send({ jsonrpc: "2.0", id, method, params });
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  call(name: string, args: object): Promise<ToolResult> {
    return this.request("tools/call", { name, arguments: args }) as Promise<ToolResult>;
  }

  close(): void {
    this.#process.kill();
  }

  #send(message: object): void {
    this.#process.stdin.write(`${JSON.stringify(message)}\n`);
  }
}

describe("the real server", () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "guards-")));
  const server = new FilesystemServer([root]);
  let guard: RawGuard;

  beforeAll(async () => {
    mkdirSync(join(root, "hr", "deep"), { recursive: true });
    mkdirSync(join(root, "public"));
    mkdirSync(join(root, "été"));
    writeFileSync(join(root, "hr", "salaries.txt"), "a lot");
    writeFileSync(join(root, "public", "read me.txt"), "[1, 2]");
    writeFileSync(join(root, "notes (2 KB).txt"), "x".repeat(2048));
    symlinkSync(join(root, "hr"), join(root, "public", "link"));
    await server.start();
    const directories = await server.call("list_allowed_directories", {});
    guard = filesystemGuard(policy([secret("hr", "hr"), secret("été", "summer")], OPEN), () => directories);
  });

  afterAll(() => {
    server.close();
    rmSync(root, { recursive: true, force: true });
  });

  /** Calls a tool and labels what it answers. */
  async function labelled(tool: string, args: object) {
    const result = await server.call(tool, args);
    return { text: result.content[0]?.text ?? "", result, labels: response(guard, tool, args, result) };
  }

  it("has no tool that the guard does not know, and the operations it says", async () => {
    const { tools } = (await server.request("tools/list", {})) as {
      tools: { name: string; annotations: { readOnlyHint: boolean } }[];
    };
    const args = { path: root, paths: [root], source: root, destination: root };
    const readOnly = tools.map(({ name }) => [name, resource(guard, name, args).operation === "read"]);
    expect(readOnly).toEqual(tools.map(({ name, annotations }) => [name, annotations.readOnlyHint]));
    for (const { name } of tools) {
      expect(resource(guard, name, args).integrity).not.toContain("filesystem:unknown-tool");
    }
    expect(tools.length).toBe(14);
  });

  it("tells the directories that relative prefixes lie in", () => {
    expect(resource(guard, "read_file", { path: join(root, "hr", "x") }).secrecy).toEqual(["hr"]);
  });

  it.each(["list_directory", "list_directory_with_sizes"])(
    "lists with %s what the guard labels",
    async (tool) => {
      const { text, labels } = await labelled(tool, { path: root });
      expect(labels.items.map((item: { data: string }) => item.data).join("\n")).toBe(text);
      const secret = labels.items.filter(
        (item: { labels: { secrecy: string[] } }) => item.labels.secrecy.length > 0,
      );
      const names = secret.map((item: { data: string }) => item.data.split(/\s+/)[1]);
      expect(names.filter((name: string) => name === "hr" || name === "été").toSorted()).toEqual([
        "hr",
        "été",
      ]);
      expect(names.filter((name: string) => name === "public" || name === "notes")).toEqual([]);
    },
  );

  it("draws a tree that the guard labels", async () => {
    const { text, labels } = await labelled("directory_tree", { path: root });
    const names = JSON.parse(text).map((entry: { name: string }) => entry.name);
    const secrecy = Object.fromEntries(
      labels.labeled_paths.map((entry: { path: string; labels: { secrecy: string[] } }) => [
        names[Number(entry.path.slice(1))],
        entry.labels.secrecy,
      ]),
    );
    expect(secrecy).toEqual({ hr: ["hr"], été: ["summer"], public: [], "notes (2 KB).txt": [] });
  });

  it("searches where a symbolic link leads, which the guard sees by the results", async () => {
    const { text, labels } = await labelled("search_files", {
      path: join(root, "public", "link"),
      pattern: "**",
    });
    expect(text).toContain(join(root, "hr", "salaries.txt"));
    expect(labels.default_labels.secrecy).toEqual(["hr"]);
  });

  it("opens a name in another normal form, which the guard labels as the one that exists", async () => {
    writeFileSync(join(root, "été", "plan.txt"), "swim");
    const { text, labels } = await labelled("read_text_file", {
      path: join(root, "été".normalize("NFD"), "plan.txt"),
    });
    expect(text).toBe("swim");
    expect(labels.default_labels.secrecy).toEqual(["summer"]);
  });

  it("resolves a relative path in its first directory", async () => {
    const { text, labels } = await labelled("read_text_file", { path: "public/../hr/./salaries.txt" });
    expect(text).toBe("a lot");
    expect(labels.default_labels.secrecy).toEqual(["hr"]);
  });
});

describe("the real server with a directory named like its home", () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "guards-")));
  const work = join(root, "work");
  const home = join(root, "home");
  let server: FilesystemServer;
  let guard: RawGuard;

  beforeAll(async () => {
    mkdirSync(join(work, "~", "deep"), { recursive: true });
    mkdirSync(join(work, "docs"));
    mkdirSync(join(home, "secrets"), { recursive: true });
    mkdirSync(join(home, "deep", "er"), { recursive: true });
    writeFileSync(join(home, "secrets", "launch-code-plan.txt"), "0000");
    server = new FilesystemServer([work, home], home);
    await server.start();
    const directories = await server.call("list_allowed_directories", {});
    guard = filesystemGuard(policy([secret(join(home, "secrets"), "top")]), () => directories);
  });

  afterAll(() => {
    server.close();
    rmSync(root, { recursive: true, force: true });
  });

  it.each([".", "./", "", "docs/.."])(
    "draws it as its home in the tree of '%s', for nobody",
    async (path) => {
      const result = await server.call("directory_tree", { path });
      const names = JSON.parse(result.content[0]?.text ?? "").map((entry: { name: string }) => entry.name);
      expect(result.content[0]?.text).toContain("launch-code-plan.txt");
      const labels = response(guard, "directory_tree", { path }, result);
      const secrecy = labels.labeled_paths.map((entry: { labels: { secrecy: string[] } }) =>
        entry.labels.secrecy.toSorted(),
      );
      expect(Object.fromEntries(names.map((name: string, i: number) => [name, secrecy[i]]))).toEqual({
        docs: [],
        "~": [UNLISTED, "top"],
      });
      expect(labels.default_labels.secrecy.toSorted()).toEqual([UNLISTED, "top"]);
    },
  );

  it("draws it as what it is in the tree of an absolute path", async () => {
    const result = await server.call("directory_tree", { path: work });
    expect(result.content[0]?.text).not.toContain("launch-code-plan.txt");
    expect(response(guard, "directory_tree", { path: work }, result).default_labels.secrecy).toEqual([]);
  });

  it("mixes the two below it, which the guard refuses to ask for", async () => {
    const { content } = await server.call("directory_tree", { path: "./~" });
    expect(content[0]?.text).toContain('"er"');
    for (const path of ["./~", "~/deep", "docs/../~", join(work, "~")]) {
      for (const tool of ["directory_tree", "create_directory", "list_directory", "search_files"]) {
        expect(refusal(guard, tool, { path })[0]).toBe(PATH);
      }
    }
  });

  it("may tell of its home in an error as well, which is for nobody", async () => {
    const args = { path: "." };
    const failed = {
      content: [{ type: "text", text: `EACCES: scandir '${home}/secrets/x'` }],
      isError: true,
    };
    expect(response(guard, "directory_tree", args, failed).default_labels.secrecy.toSorted()).toEqual([
      UNLISTED,
      "top",
    ]);
    expect(response(guard, "list_directory", args, failed).default_labels.secrecy).toEqual([]);
  });
});

describe("the real server on a directory that is a symbolic link", () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "guards-")));
  const link = join(root, "link");
  const real = join(root, "real");
  let server: FilesystemServer;
  let directories: ToolResult;

  beforeAll(async () => {
    mkdirSync(join(real, "hr"), { recursive: true });
    symlinkSync(real, link);
    server = new FilesystemServer([link]);
    await server.start();
    directories = await server.call("list_allowed_directories", {});
  });

  afterAll(() => {
    server.close();
    rmSync(root, { recursive: true, force: true });
  });

  function secrecyUnder(prefix: string) {
    const guard = filesystemGuard(policy([secret(prefix, "hr")]), () => directories);
    return [link, real].map((directory) => secrecyOf(guard, join(directory, "hr", "x")));
  }

  it("allows both its names, which only a relative prefix covers", () => {
    expect(directories.structuredContent.content).toBe(`Allowed directories:\n${link}\n${real}`);
    expect(secrecyUnder("hr")).toEqual([["hr"], ["hr"]]);
    expect(secrecyUnder(join(link, "hr"))).toEqual([["hr"], []]);
  });
});
