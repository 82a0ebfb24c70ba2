import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../dist/gateway-load.js", import.meta.url));

test("under load for five seconds, the gateway loses no reply, ends well, and keeps its memory", async () => {
  const args = ["--sessions", "50", "--seconds", "5", "--rate", "100"];
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const status = await new Promise((resolve) => child.on("close", resolve));
  expect({ status, output: status === 0 ? "" : output }).toEqual({ status: 0, output: "" });
  const { full, paced } = JSON.parse(output);
  expect(full.guarded.calls).toBeGreaterThan(100);
  expect(full.guarded.cancelled + paced.guarded.cancelled).toBeGreaterThan(0);
}, 180_000);
