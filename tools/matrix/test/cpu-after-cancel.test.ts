import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { bun, deno, node26 } from "@guardhost/runtimes";
import { wat } from "@guardhost/wat";
import { beforeAll, describe, expect, test } from "vitest";
import { project } from "./support/project.js";

/** A guard that never answers once it is asked about a resource. */
const ENDLESS = `(module
  (memory (export "memory") 2)
  (func (export "alloc") (param i32) (result i32) (i32.const 65536))
  (func (export "dealloc") (param i32 i32))
  (func (export "label_agent") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func (export "label_resource") (param i32 i32 i32 i32) (result i32) (loop $forever (br $forever)) (unreachable))
  (func (export "label_response") (param i32 i32 i32 i32) (result i32) (i32.const 0)))`;

/** Share of a processor: what garbage collection and timers may take, and far less than a thread that computes gets on a busy machine. */
const IDLE = 0.1;
beforeAll(async () => {
  await writeFile(join(project.folder, "endless.wasm"), wat(ENDLESS));
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
  test.skipIf(executable === undefined).each(["caller", "worker"])(
    "no processor is used for a guest that was stopped on the %s thread",
    async (thread) => {
      expect(await shareAfter(thread, executable, flags)).toBeLessThan(IDLE);
    },
  );
});

// Why interrupt checks are what stops guests. When one of these fails, its runtime has been mended, and the documentation is to follow.
test.each(RUNTIMES.slice(2).filter(([, executable]) => executable !== undefined))(
  "%s goes on to compute what was in a worker that it has terminated",
  async (_name, executable, flags) => {
    expect(await shareAfter("terminated", executable, flags)).toBeGreaterThan(IDLE);
  },
);
