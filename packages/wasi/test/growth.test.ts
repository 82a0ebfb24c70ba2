import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { hoarding, noting, printing } from "./guards.js";

/** MiB by which the process grows while `code` runs, where `guard` is loaded. */
async function growth(bytes: Uint8Array, thread: string, code: string): Promise<number> {
  const script = `
    import { loadGuard, wasi } from "@guardhost/wasi";
    const engine = wasi({ thread: "${thread}", maxThreads: 1, files: { "/tmp/note": "x".repeat(65536) }, writable: ["/tmp"] });
    const bytes = Uint8Array.from(Buffer.from("${Buffer.from(bytes).toString("base64")}", "base64"));
    const guard = await loadGuard(bytes, { engine, policyRequired: false });
    const call = { name: "any", arguments: {} };
    const run = async (times) => { ${code} };
    const held = async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (let i = 0; i < 3; i++) gc();
      return process.memoryUsage.rss() / 2 ** 20;
    };
    await run(600);
    const before = await held();
    await run(1000);
    console.log(await held() - before);
    await guard.close();
  `;
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const args = ["--expose-gc", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  return Number(stdout);
}

// They would be a GiB if what is printed were kept, 62 MiB if files were, and 225 MiB if files that are cut off were.
const MOST_MIB = 48;

test.each(["caller", "worker"])(
  "1,000 calls that print a mebibyte each do not grow the process: %s",
  async (thread) => {
    const code =
      "const session = guard.session(); for (let i = 0; i < times; i++) await session.labelResource(call); await session.close();";
    expect(await growth(printing, thread, code)).toBeLessThan(MOST_MIB);
  },
);

test.each(["caller", "worker"])(
  "1,000 sessions with a file of 64 KiB each do not grow the process: %s",
  async (thread) => {
    const code =
      "for (let i = 0; i < times; i++) { const session = guard.session(); await session.labelResource(call); await session.close(); }";
    expect(await growth(noting, thread, code)).toBeLessThan(MOST_MIB);
  },
);

test.each(["caller", "worker"])(
  "a session that fills files and cuts them off has no more than its budget: %s",
  async (thread) => {
    // The first time is not counted, as in the others.
    const code = "await guard.session().labelResource(call);";
    expect(await growth(hoarding, thread, code)).toBeLessThan(MOST_MIB);
  },
);
