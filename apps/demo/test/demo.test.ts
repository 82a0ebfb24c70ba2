import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, describe, expect, test } from "vitest";
import type { Report, StepReport } from "../src/run-scenario.js";
import { demo, type Run, startDemo, temporaryDirectory } from "./demo.js";

const directory = await temporaryDirectory();
afterAll(() => rm(directory, { recursive: true }));

describe("as JSON", async () => {
  const run = await demo(["--json"], { TMPDIR: directory });
  if (run.stdout === "") throw new Error(`the demo printed nothing: ${run.stderr}`);
  const report = JSON.parse(run.stdout) as Report;

  function stepWith(name: string, path: string): StepReport {
    const found = report.steps.find(({ call }) => call.name === name && call.arguments?.path === path);
    if (found === undefined) throw new Error(`no step calls ${name}`);
    return found;
  }

  test("it ends with status 0, and prints one document and nothing else", () => {
    expect({ ...run, stdout: "" }).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("the agent gets what is public, and what is its department's", () => {
    expect(stepWith("read_text_file", "public/handbook.md")).toMatchObject({
      outcome: "delivered",
      answer: expect.stringContaining("Core hours"),
    });
    expect(stepWith("read_text_file", "engineering/notes/beacon-3.md")).toMatchObject({
      outcome: "delivered",
      answer: expect.stringContaining("The lens fogs up"),
    });
  });

  test("it cannot tell the public what is private", () => {
    expect(stepWith("write_file", "public/beacon-3.md")).toMatchObject({
      outcome: "refused",
      answer: expect.stringContaining("must not receive what this agent carries"),
    });
  });

  test("it sees a part of the listing", () => {
    const { outcome, answer } = stepWith("directory_tree", ".");
    expect(outcome).toBe("filtered");
    expect(answer).toMatch(/^README\.md, engineering, public\n\[Filtered\] /);
  });

  test("it gets nothing secret, and no orders from strangers", () => {
    expect(run.stdout).not.toMatch(/Lindqvist,|ignore your instructions/);
  });
});

test("as text, it is a table of at most 105 columns without colours", async () => {
  const { status, stdout, stderr } = await demo([], { TMPDIR: directory });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(105);
  expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
  expect(stdout).toMatch(/^CALL +OUTCOME +WHAT THE AGENT GETS$/m);
  expect(stdout).toMatch(/^ {2}write_file public\/beacon-3\.md +refused +"write_file" must not receive/m);
});

describe("with --serve", () => {
  async function listen(): Promise<{ output: string; end: (signal: NodeJS.Signals) => Promise<Run> }> {
    const { child, finished } = startDemo(["--serve", "--port", "0"], { TMPDIR: directory });
    let output = "";
    await new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (text: string) => {
        output += text;
        if (output.includes("Ctrl-C")) resolve();
      });
      finished.then(({ stderr }) => reject(new Error(stderr)));
    });
    const end = (signal: NodeJS.Signals) => {
      child.kill(signal);
      return finished;
    };
    return { output, end };
  }

  test("clients find the gateway by what it prints, and SIGINT ends it", async () => {
    const { output, end } = await listen();
    try {
      const client = new Client({ name: "test", version: "1.0.0" });
      const { servers } = JSON.parse(/VS Code.*\n(\s+\{[\s\S]*?\n {2}\})\n/.exec(output)?.[1] ?? "");
      const { url, headers } = servers.guardhost;
      await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain("read_text_file");
      await client.close();

      const desktop = JSON.parse(/Claude Desktop.*\n(\s+\{[\s\S]*?\n {2}\})\n/.exec(output)?.[1] ?? "");
      await client.connect(new StdioClientTransport({ ...desktop.mcpServers.guardhost, stderr: "ignore" }));
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain("files___read_text_file");
      await client.close();
    } finally {
      expect(await end("SIGINT")).toMatchObject({ status: 0, stderr: "" });
    }
  });
});

test.each([[["--help"]], [["-h"]], [["--", "--help"]]])("%j is the options, and status 0", async (args) => {
  const { status, stdout, stderr } = await demo(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^usage: .*\n(.*\n)+ {2}--json .*\n {2}--serve .*\n(.*\n)+ {2}-h, --help .*\n$/);
});

describe("when something fails", () => {
  test.each([[["--jsno"]], [["--", "--jsno"]], [["jsno"]], [["--json", "--serve"]], [["--port", "x"]]])(
    "%j is a message with the usage, and status 2",
    async (args) => {
      const { status, stdout, stderr } = await demo(args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(/^demo: .*\nusage: .*\n$/);
    },
  );

  test("a port that is taken is a message with the option for another, and status 1", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const { status, stdout, stderr } = await demo(["--serve", "--port", `${port}`], { TMPDIR: directory });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toBe(
      `demo: port ${port} cannot be had (EADDRINUSE): choose another with --port, or 0 for any\n`,
    );
    taken.close();
  });

  test("a place without temporary files is a message and status 1", async () => {
    const { status, stdout, stderr } = await demo(["--json"], { TMPDIR: "/no/such/directory" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^demo: .*\/no\/such\/directory/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

test.each(["SIGINT", "SIGTERM"] as const)("%s while it starts ends it with status 130", async (signal) => {
  const { child, finished } = startDemo([], { TMPDIR: directory });
  await expect.poll(() => readdir(directory)).not.toEqual([]);
  child.kill(signal);
  expect(await finished).toEqual({ status: 130, stdout: "", stderr: "" });
});

// After the runs above, those that failed or were interrupted among them.
describe("afterwards", () => {
  test("no temporary file is left", async () => {
    expect(await readdir(directory)).toEqual([]);
  });

  test.skipIf(!existsSync("/proc/self/cmdline"))("no process is left (needs /proc)", async () => {
    const commandsLeft = async () => {
      const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
      const commands = await Promise.all(
        // A process may end while it is looked at.
        processes.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")),
      );
      return commands.filter((command) => command.includes(directory));
    };
    await expect.poll(commandsLeft, { timeout: 10_000 }).toEqual([]);
  });
});
