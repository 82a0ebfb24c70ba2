import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../../src/cli/run-cli.js";
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

/** The same without a process of its own, for command lines that serve nobody. */
async function runHere(...args: readonly string[]): Promise<Run> {
  const output = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof output) => ({
    write: (text: string) => {
      output[name] += text;
    },
  });
  const status = await runCli(args, { stdout: sink("stdout"), stderr: sink("stderr") });
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
      /guards\.filesystem: the guard cannot be loaded: Cannot find module '@guardhost\/nothing': install its package with the gateway/,
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
    ["nobody who may connect", { ...valid, gateway: {} }, /gateway: over HTTP, "auth" has to say who may/],
    ...["with spaces in between", "größer-als-ascii-ist"].map((key): [string, unknown, RegExp] => [
      "a key that no client could send",
      { ...valid, gateway: { auth: { keys: [{ name: "a", key }] } } },
      /gateway\.jsonc:\d+:\d+: gateway\.auth\.keys\[0\]: a key has visible ASCII characters only/,
    ]),
    [
      "labels that are none",
      {
        ...valid,
        mcpServers: {
          files: { ...valid.mcpServers.files, definitions: { secrecy: ["*", "a"], integrity: [] } },
        },
      },
      /gateway\.jsonc:\d+:\d+: mcpServers\.files: the server "files" has definitions that are neither/,
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
    const { status, stdout, stderr } = await runHere("--check", file);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(message);
    // One line for one problem.
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    const served = await runHere(file);
    expect(served).toMatchObject({ status: 1, stdout: "" });
    expect(served.stderr).toContain(stderr);
  });

  test("of a file without keys, for use over stdio, status 0", async () => {
    const file = await fileOf({ ...valid, gateway: {} });
    expect(await runHere("--stdio", "--check", file)).toMatchObject({ status: 0, stderr: "" });
  });

  test("warns of an address for all by whose names nobody is let in", async () => {
    const keys = [{ name: "alice", key: "alice-has-a-long-key" }];
    for (const [others, isWarned] of [
      [{ host: "0.0.0.0" }, true],
      [{ host: "0" }, true],
      [{ host: "::" }, true],
      [{ host: "::0" }, true],
      [{ host: "10.0.0.5" }, false],
      [{ host: "0.0.0.0", allowedHosts: ["gateway.example"] }, false],
    ] as const) {
      const file = await fileOf({ ...valid, gateway: { auth: { keys }, ...others } });
      const { status, stderr } = await runHere("--check", file);
      expect(status).toBe(0);
      expect(stderr.includes("only requests for localhost are let in")).toBe(isWarned);
    }
  });

  test("warns of a key that every user of the machine can read", async () => {
    const keyFile = join(directory, "alice.key");
    await writeFile(keyFile, "alice-has-a-long-key\n");
    const file = await fileOf({ ...valid, gateway: { auth: { keys: [{ name: "alice", keyFile }] } } });
    for (const [mode, isWarned] of [
      [0o644, true],
      [0o640, false],
      [0o600, false],
    ] as const) {
      await chmod(keyFile, mode);
      const { status, stderr } = await runHere("--check", file);
      expect(status).toBe(0);
      expect(stderr.includes("can be read by every user")).toBe(isWarned);
    }
  });
});

describe("what keeps it from serving is a message, and status 1:", () => {
  test("a Node without WebAssembly", async () => {
    const args = ["--jitless", "--no-warnings", mainFile, "--check", await fileOf(valid)];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^guardhost-gateway: guards are WebAssembly, .*--jitless.*\n$/m);
    expect(stderr).not.toContain("    at ");
  });

  test("the port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const trace = join(directory, "was-started");
    const tracing = {
      command: process.execPath,
      args: ["-e", `fs.writeFileSync("${trace}", "")`],
      unguarded: true,
    };
    const mcpServers = { ...valid.mcpServers, tracing };
    const config = { ...valid, mcpServers, gateway: { port, auth: false } };
    const { status, stderr } = await run(await fileOf(config));
    expect(status).toBe(1);
    expect(existsSync(trace)).toBe(false);
    expect(stderr).toMatch(/^guardhost-gateway: .*EADDRINUSE.* 127\.0\.0\.1:\d+; .*"gateway\.port"/m);
    server.close();
  });
});
