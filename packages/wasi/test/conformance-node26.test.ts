import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type ConformanceReport, requirements } from "@guardhost/conformance";
import { node26 } from "@guardhost/runtimes";
import { describe, expect, test } from "vitest";
import { deviations, everything } from "./conformance-options.js";

/** Runs in this package's folder, on what is built. */
const script = (thread: string) => `
  import { runConformance } from "@guardhost/conformance";
  import { wasi } from "@guardhost/wasi";
  const engine = wasi(${JSON.stringify({ thread, ...everything })});
  console.log(JSON.stringify(await runConformance(engine, { deviations: ${JSON.stringify(deviations)} })));
`;

async function reportOf(node: string, thread: string): Promise<ConformanceReport> {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const args = ["--input-type=module", "--eval", script(thread)];
  const { stdout } = await promisify(execFile)(node, args, { cwd });
  return JSON.parse(stdout);
}

const name = "wasi conforms on Node 26, where guests can be suspended";

describe.skipIf(node26 === undefined)(
  node26 === undefined ? `${name} (npm has no Node 26 for this platform)` : name,
  () => {
    test.each(["caller", "worker"])(
      "on the %s thread",
      async (thread) => {
        const { failed, skipped, passed } = await reportOf(node26 as string, thread);
        expect(failed).toEqual([]);
        const demanding = requirements
          .filter(({ needs = [] }) =>
            needs.some((need) => /^(asyncBackend|interruptible|timeSliced)$/.test(need)),
          )
          .map(({ id }) => id);
        expect(demanding.length).toBeGreaterThan(0);
        expect(skipped.map(({ id }) => id).filter((id) => demanding.includes(id))).toEqual([]);
        expect(passed).toEqual(expect.arrayContaining(demanding));
      },
      240_000,
    );
  },
);
