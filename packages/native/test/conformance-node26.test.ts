import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type ConformanceReport, requirements } from "@guardhost/conformance";
import { node26 } from "@guardhost/runtimes";
import { expect, test } from "vitest";

/** Runs in this package's folder, on what is built. */
const SCRIPT = `
  import { runConformance } from "@guardhost/conformance";
  import { native } from "@guardhost/native";
  console.log(JSON.stringify(await runConformance(native())));
`;

async function reportOf(node: string): Promise<ConformanceReport> {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const { stdout } = await promisify(execFile)(node, ["--input-type=module", "--eval", SCRIPT], { cwd });
  return JSON.parse(stdout);
}

const name = "native conforms on Node 26, where guests can wait for their backend";

test.skipIf(node26 === undefined)(
  node26 === undefined ? `${name} (npm has no Node 26 for this platform)` : name,
  async () => {
    const { failed, skipped, passed } = await reportOf(node26 as string);
    expect(failed).toEqual([]);
    const asynchronous = requirements
      .filter(({ needs = [] }) => needs.includes("asyncBackend"))
      .map(({ id }) => id);
    expect(asynchronous.length).toBeGreaterThan(0);
    expect(skipped.map(({ id }) => id).filter((id) => asynchronous.includes(id))).toEqual([]);
    expect(passed).toEqual(expect.arrayContaining(asynchronous));
  },
);
