import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../support/scripts/exits-by-itself.mjs", import.meta.url));

test("nothing that core leaves behind keeps a process alive", async () => {
  // Killed, and so rejected, if it is not over long before the first of its deadlines.
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { timeout: 30_000 });
  expect(stderr).toBe("");
  expect(stdout).toBe("fulfilled,fulfilled,TIMEOUT,fulfilled stop\n");
});
