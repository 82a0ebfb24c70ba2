import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { runCli } from "../src/run-cli.js";
import { guardhost, mainFile } from "./guardhost.js";
import { guardModule } from "./guards.js";
import { openWorkplace } from "./workplace.js";

const workplace = await openWorkplace();
const guard = await workplace.file("guard.wasm", guardModule());

describe("a reader that goes away", () => {
  test.each(["stdout", "stderr"] as const)("from %s is no failure", async (gone) => {
    const args = gone === "stdout" ? ["inspect", guard] : ["inspect", "/no/such/file"];
    const child = spawn(process.execPath, [mainFile, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    child[gone].destroy();
    const other = gone === "stdout" ? child.stderr : child.stdout;
    let text = "";
    other.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect({ status, text }).toEqual({ status: gone === "stdout" ? 0 : 1, text: "" });
  });
});

test.skipIf(!existsSync("/dev/full"))("a full disk is a failure (needs /dev/full)", async () => {
  const child = spawn("sh", ["-c", '"$@" > /dev/full', "sh", process.execPath, mainFile, "inspect", guard]);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  expect(status).toBe(1);
  expect(stderr).toMatch(/^guardhost: the output could not be written: .*ENOSPC.*\n$/);
});

test("works from any directory, with relative names", async () => {
  const { status } = await guardhost(["inspect", "guard.wasm"], { cwd: workplace.directory });
  expect(status).toBe(0);
});

describe("colours", () => {
  async function inspectOn(terminal: { readonly isTTY?: boolean; readonly hasColors?: () => boolean }) {
    const stdout = Object.assign(new PassThrough(), terminal);
    const status = await runCli(["inspect", guard], {
      stdin: new PassThrough(),
      stdout,
      stderr: new PassThrough(),
    });
    expect(status).toBe(0);
    return String(stdout.read());
  }
  const green = "\u001b[32m";

  test("are shown on a terminal that has them", async () => {
    expect(await inspectOn({ isTTY: true, hasColors: () => true })).toContain(green);
  });

  test("are left out where they are unwanted, or not shown", async () => {
    expect(await inspectOn({ isTTY: true, hasColors: () => false })).not.toContain("\u001b");
    expect(await inspectOn({})).not.toContain("\u001b");
  });
});
