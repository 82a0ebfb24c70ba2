import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { afterAll, describe, expect, test } from "vitest";
import type { DemoReport, StepReport } from "../src/run-demo.js";
import { demo, type Run, temporaryDirectory } from "./demo.js";

const directory = await temporaryDirectory();
afterAll(() => rm(directory, { recursive: true }));

describe("as JSON", async () => {
  const run = await demo(["--json"], { TMPDIR: directory });
  if (run.stdout === "") throw new Error(`the demo printed nothing: ${run.stderr}`);
  const report = JSON.parse(run.stdout) as DemoReport;

  function stepWith(name: string, args: object): StepReport {
    const found = report.steps.find(
      ({ call }) =>
        call.name === name && Object.entries(args).every(([key, value]) => call.arguments?.[key] === value),
    );
    if (found === undefined) throw new Error(`no step calls ${name}`);
    return found;
  }
  const read = (path: string) => stepWith("read_text_file", { path });

  test("it ends with status 0, and prints one document and nothing else", () => {
    expect({ ...run, stdout: "" }).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("the agent has the labels of the policy", () => {
    const { agent, mode } = report.agent;
    expect({ agent, mode }).toEqual({
      agent: { secrecy: ["internal"], integrity: ["staff"] },
      mode: "filter",
    });
  });

  test("the public handbook is public, and delivered", () => {
    expect(read("public/handbook.md")).toMatchObject({
      labels: { operation: "read", resource: { secrecy: [], integrity: ["staff"] } },
      outcome: "delivered",
    });
  });

  test("the file of hr is secret, and withheld", () => {
    const { labels, outcome, parts } = read("hr/salaries.csv");
    expect(labels).toMatchObject({ operation: "read", resource: { integrity: ["staff"] } });
    expect(labels?.resource.secrecy.toSorted()).toEqual(["hr", "internal"]);
    expect({ outcome, delivered: parts?.map((part) => part.delivered) }).toEqual({
      outcome: "withheld",
      delivered: [false],
    });
  });

  test("the same file has the same labels by a detour", () => {
    const { title, call, ...direct } = read("hr/salaries.csv");
    expect(read("public/../hr/salaries.csv")).toMatchObject(direct);
  });

  test("what the guard cannot judge is refused", () => {
    const step = read("../../etc/passwd");
    expect(step).toMatchObject({ outcome: "refused", reason: "GUEST_ERROR" });
    expect(step).not.toHaveProperty("labels");
    expect(step).not.toHaveProperty("parts");
  });

  test("a mail from outside is withheld, though it is not secret", () => {
    expect(read("inbox/customer-mail.txt")).toMatchObject({
      labels: { resource: { secrecy: ["internal"], integrity: [] } },
      outcome: "withheld",
    });
  });

  test.each([
    [
      "list_directory",
      ["[FILE] README.md", "[DIR] engineering", "[DIR] public"],
      ["[DIR] hr", "[DIR] inbox", "[DIR] legal"],
    ],
    ["directory_tree", ["README.md", "engineering", "public"], ["hr", "inbox", "legal"]],
  ])("%s is delivered in part, entry by entry", (tool, delivered, withheld) => {
    const { parts = [], outcome } = stepWith(tool, { path: "." });
    const names = (wanted: boolean) =>
      parts.filter((part) => part.delivered === wanted).map(({ name }) => name);
    expect({ outcome, delivered: names(true), withheld: names(false) }).toEqual({
      outcome: "partly delivered",
      delivered,
      withheld,
    });
  });

  test("a search is delivered where it sees nothing secret only", () => {
    expect(stepWith("search_files", { path: "engineering" }).outcome).toBe("delivered");
    expect(stepWith("search_files", { path: "." }).outcome).toBe("withheld");
  });

  test.each([
    ["write_file", { path: "engineering/notes/todo.md" }, "write", "delivered"],
    ["write_file", { path: "public/beacon-3.md" }, "write", "refused"],
    ["write_file", { path: "hr/salaries.csv" }, "write", "refused"],
    ["move_file", { source: "hr/salaries.csv" }, "read-write", "refused"],
    ["export_share", {}, "write", "refused"],
  ])("%s %j is a %s: %s", (name, args, operation, outcome) => {
    expect(stepWith(name, args)).toMatchObject({ labels: { operation }, outcome });
  });

  test("every step is accounted for", () => {
    expect(report.steps).toHaveLength(16);
  });
});

describe("as text", () => {
  test("it is a table of at most 100 columns without colours", async () => {
    const { status, stdout, stderr } = await demo([], { TMPDIR: directory });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
    expect(stdout).toMatch(/^CALL +OPERATION +SECRECY +INTEGRITY +OUTCOME$/m);
    expect(stdout).toMatch(/^ {2}list_directory \. +read .* 3 of 6$/m);
    expect(stdout).toMatch(/^ {4}\[DIR\] hr +internal, hr +staff +withheld$/m);
    expect(stdout).toMatch(/^ {2}engineering\/notes\/beacon-3\.md$/m);
  });

  test("a call without labels has none in its row, and the reason below the outcome", async () => {
    const { stdout } = await demo([], { TMPDIR: directory });
    expect(stdout).toMatch(
      /^ {2}read_text_file +- +- +- +refused\n {2}\.\.\/\.\.\/etc\/passwd +GUEST_ERROR$/m,
    );
  });
});

test.each([[["--help"]], [["-h"]], [["--", "--help"]]])("%j is the options, and status 0", async (args) => {
  const { status, stdout, stderr } = await demo(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^usage: .*--json\]\n(.*\n)+ {2}--json .*\n {2}-h, --help .*\n$/);
});

describe("when something fails", () => {
  function expectFailure({ status, stdout, stderr }: Run, message: RegExp): void {
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  }

  test.each([[["--jsno"]], [["--", "--jsno"]], [["jsno"]]])(
    "%j is a message with the usage, and status 2",
    async (args) => {
      const { status, stdout, stderr } = await demo(args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(/^demo: .*jsno.*\nusage: .*--json\]\n$/);
    },
  );

  test("a place without temporary files is a message and status 1", async () => {
    expectFailure(await demo(["--json"], { TMPDIR: "/no/such/directory" }), /^demo: .*\/no\/such\/directory/);
  });

  test("a missing guard is a message and status 1", async () => {
    const preload = `--import=${new URL("absent-guard.js", import.meta.url)}`;
    expectFailure(await demo([], { TMPDIR: directory, NODE_OPTIONS: preload }), /^demo: .*absent\.wasm/);
  });
});

test.each(["initialize", "tools/call"])("SIGINT during %s ends it with status 130", async (request) => {
  const preload = `--import=${new URL("interrupt.js", import.meta.url)}`;
  const run = await demo([], { TMPDIR: directory, NODE_OPTIONS: preload, INTERRUPT_AT: request });
  expect(run).toEqual({ status: 130, stdout: "", stderr: "" });
});

// After the runs above, those that failed or were interrupted among them.
describe("afterwards", () => {
  test("no temporary file is left", async () => {
    expect(await readdir(directory)).toEqual([]);
  });

  test.skipIf(!existsSync("/proc/self/cmdline"))("no server is left (needs /proc)", async () => {
    const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const commands = await Promise.all(
      // A process may end while it is looked at.
      processes.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")),
    );
    expect(commands.filter((command) => command.includes(directory))).toEqual([]);
  });
});
