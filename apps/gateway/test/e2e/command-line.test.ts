import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mainFile } from "../support/gateway-process.js";
import { filesystemGuard } from "../support/share.js";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "guardhost-cli-"));
});

afterAll(() => rm(directory, { recursive: true }));

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [mainFile, ...args], { cwd: directory });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  const [status] = (await once(child, "close")) as [number | null];
  return { status, ...output };
}

async function fileOf(config: unknown): Promise<string> {
  const file = join(directory, "gateway.jsonc");
  await writeFile(file, typeof config === "string" ? config : JSON.stringify(config, null, 2));
  return file;
}

const policy = { filesystem: { mode: "filter", agent: { secrecy: [], integrity: [] }, paths: [] } };
const valid = {
  mcpServers: { files: { command: "server", guard: "filesystem", policy } },
  guards: { filesystem: filesystemGuard },
  gateway: { port: 0, auth: false },
};

test("--help is how it is used, and status 0", async () => {
  const { status, stdout, stderr } = await run("--help");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  for (const text of ["--check", "--stdio", "SIGHUP", "Exit status"]) expect(stdout).toContain(text);
});

test("--version is a version, and status 0", async () => {
  expect(await run("--version")).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});

test.each([[[]], [["a", "b"]], [["--chekc", "a"]]])("%j makes no sense, and status 2", async (args) => {
  const { status, stdout, stderr } = await run(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/^guardhost-gateway: .*\nRun it with --help/s);
});

describe("--check", () => {
  test("of what can be used says so, starts nothing, and status 0", async () => {
    const file = await fileOf(valid);
    expect(await run("--check", file)).toEqual({
      status: 0,
      stdout: `${file} can be used: 1 server, 1 guard\n`,
      stderr: "",
    });
  });

  test.each<[string, unknown, RegExp]>([
    ["a file that is not there", undefined, /^\/no\/such\/file\.json:1:1: the file cannot be read: ENOENT/],
    [
      "a key that does not exist",
      { ...valid, gard: {} },
      /gateway\.jsonc:\d+:3: gard: there is no such key$/m,
    ],
    [
      "a guard that is no module",
      { ...valid, guards: { filesystem: { path: "gateway.jsonc" } } },
      /gateway\.jsonc:\d+:\d+: guards\.filesystem: the guard cannot be loaded: INVALID_MODULE/,
    ],
    [
      "a package that is not there",
      { ...valid, guards: { filesystem: { package: "@guardhost/nothing" } } },
      /guards\.filesystem: the guard cannot be loaded: Cannot find module '@guardhost\/nothing'/,
    ],
    [
      "a policy that the guard refuses",
      { ...valid, mcpServers: { files: { ...valid.mcpServers.files, policy: { filesystem: {} } } } },
      /gateway\.jsonc:\d+:\d+: mcpServers\.files\.policy: the guard does not accept this policy on the server files: [A-Z_]+: /,
    ],
    [
      "a key file that is not there",
      { ...valid, gateway: { auth: { keys: [{ name: "a", keyFile: "absent" }] } } },
      /gateway\.auth\.keys\[0\]\.keyFile: the file cannot be read: ENOENT/,
    ],
    [
      "a key that could be guessed",
      { ...valid, gateway: { auth: { keys: [{ name: "a", key: "short" }] } } },
      /gateway\.auth\.keys\[0\]: a key has 16 characters or more$/m,
    ],
    [
      "a limit that nobody enforces",
      {
        ...valid,
        mcpServers: {
          files: {
            ...valid.mcpServers.files,
            policy: { "allow-only": { repos: "all", "min-integrity": "none", "tool-call-limits": { x: 1 } } },
          },
        },
      },
      /mcpServers\.files\.policy: .*tool-call-limits are not enforced by this gateway/,
    ],
    [
      "a write-sink that accepts nothing",
      {
        ...valid,
        guards: { ...valid.guards, sink: { type: "write-sink", policy: { "write-sink": { accept: [] } } } },
        mcpServers: { ...valid.mcpServers, out: { command: "x", guard: "sink" } },
      },
      /guards\.sink\.policy: the guard does not accept this policy on the server out: POLICY/,
    ],
  ])("of %s says where and why, and status 1", async (_, config, message) => {
    const file = config === undefined ? "/no/such/file.json" : await fileOf(config);
    const { status, stdout, stderr } = await run("--check", file);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe("what keeps it from serving is a message, and status 1:", () => {
  test("nobody has said who may connect", async () => {
    const { status, stderr } = await run(await fileOf({ ...valid, gateway: {} }));
    expect(status).toBe(1);
    expect(stderr).toMatch(/gateway: over HTTP, "auth" has to say who may connect/);
  });

  test("the port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const { status, stderr } = await run(await fileOf({ ...valid, gateway: { port, auth: false } }));
    expect(status).toBe(1);
    expect(stderr).toMatch(/^guardhost-gateway: .*EADDRINUSE/m);
    server.close();
  });
});
