import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { mainFile } from "./guardhost.js";
import { guardModule } from "./guards.js";
import { openWorkplace } from "./workplace.js";

const workplace = await openWorkplace();
const guard = await workplace.file("guard.wasm", guardModule());
const policy = await workplace.file("policy.json", {});

const commands = ["native", "wasi", "wasmer"].map((engine) => [
  "call",
  guard,
  "label_agent",
  "--policy",
  policy,
  "--engine",
  engine,
]);
commands.push(["inspect", guard], ["prepare", guard, "-o", "-"]);

/** Runs the command by a script that does so as `"$@"`. */
function run(script: string, command: readonly string[]) {
  const args = ["-c", script, "sh", process.execPath, mainFile, ...command];
  return spawnSync("sh", args, { encoding: "utf8" });
}

describe.each(commands)("guardhost %s", (...command) => {
  test("tells how to get WebAssembly where Node was started without", () => {
    const { status, stderr } = run('node=$1; shift; "$node" --jitless "$@"', command);
    expect(status).toBe(1);
    // Node itself warns of a flag first.
    expect(stderr).toMatch(/^guardhost: ENGINE_UNAVAILABLE: WebAssembly is not available .*--jitless.*\n$/m);
    expect(stderr).not.toMatch(/unexpected|^ +at /m);
  });

  // 8 GB are enough for Node, and too few for a memory of WebAssembly.
  test.skipIf(process.platform !== "linux")(
    "tells what it lacks where there are few addresses (Linux)",
    () => {
      const { status, stdout, stderr } = run('ulimit -v 8000000; "$@"', command);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toMatch(/^guardhost: OUT_OF_MEMORY: .*WebAssembly.*\nhint: .*addresses.*ulimit -v\)\n$/);
    },
  );
});
