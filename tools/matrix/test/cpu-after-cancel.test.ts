import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { bun, deno, node26 } from "@guardhost/runtimes";
import { beforeAll, describe, expect, test } from "vitest";
import { endlessGuard } from "./support/endless-guard.js";
import { project } from "./support/project.js";

/** Share of a processor: what garbage collection and timers may take. */
const IDLE = 0.1;

/** Share of a processor: what a thread that computes gets on a very busy machine, and one that has ended does not. */
const COMPUTING = 0.02;

beforeAll(async () => {
  await writeFile(join(project.folder, "endless.wasm"), endlessGuard);
}, 300_000);

/** The share of a processor that a process uses for a guest that it has stopped. */
async function shareAfter(
  way: string,
  executable: string | undefined,
  flags: readonly string[],
): Promise<number> {
  const command = [...flags, "suite/cpu-after-cancel.js", way, "endless.wasm"];
  const child = spawn(executable as string, command, {
    cwd: project.folder,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 50_000,
    killSignal: "SIGKILL",
  });
  const [output] = await Promise.all([text(child.stdout), once(child, "exit")]);
  return output === "" ? Number.NaN : Number(output);
}

const RUNTIMES = [
  ["Node 20", process.execPath, []],
  ["Node 26", node26, []],
  ["Bun", bun, []],
  ["Deno", deno, ["run", "--allow-all"]],
] as const;

describe.each(RUNTIMES)("on %s", (_name, executable, flags) => {
  const there = test.skipIf(executable === undefined).concurrent;
  there.each([
    ["on the caller thread", "caller"],
    ["on a worker thread", "worker"],
    ["in the sandbox of wasmer", "wasmer"],
  ])("no processor is used for a guest that was stopped %s", async (_where, way) => {
    expect(await shareAfter(way, executable, flags)).toBeLessThan(IDLE);
  });
});

// Why interrupt checks are what stops guests. When one of these fails, its runtime has been mended, and the documentation is to follow.
test.each(RUNTIMES.slice(2).filter(([, executable]) => executable !== undefined))(
  "%s goes on to compute what was in a worker that it has terminated",
  async (_name, executable, flags) => {
    expect(await shareAfter("terminated", executable, flags)).toBeGreaterThan(COMPUTING);
  },
);
