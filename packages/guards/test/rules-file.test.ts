import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { anyObjectPolicy, loadGuard, type WasiOptions, wasi } from "@guardhost/wasi";
import { describe, expect, onTestFinished, test } from "vitest";
import { offlinePolicy, tags } from "./support/tag-policy.js";

const file = new URL("../dist/tag-c-rules-file.wasm", import.meta.url);
const built = existsSync(file);
const title = built
  ? "tag-c-rules-file"
  : "tag-c-rules-file (skipped: not built, see the output of build:tool-chains)";
const rules = JSON.stringify(offlinePolicy());
const call = { name: "list_issues", arguments: {} };

async function sessionWith(options: WasiOptions) {
  const guard = await loadGuard(file, { engine: wasi(options), policySchema: anyObjectPolicy });
  onTestFinished(() => guard.close());
  return guard.session();
}

describe.skipIf(!built)(title, () => {
  test.each(["caller", "worker"] as const)(
    "reads its rules from a file at label_agent: %s",
    async (thread) => {
      const session = await sessionWith({ thread, files: { "/etc/tag-rules.json": rules } });
      expect(await session.labelAgent({})).toEqual({ agent: tags.agent, mode: "filter" });
      const { resource, operation } = await session.labelResource(call);
      expect({ ...resource, operation }).toEqual({
        secrecy: ["private:octo", "internal"],
        integrity: ["approved"],
        operation: "read",
      });
    },
  );

  test("finds the file where its environment says", async () => {
    const session = await sessionWith({ env: { TAG_RULES: "/a/b.json" }, files: { "/a/b.json": rules } });
    expect((await session.labelAgent({})).mode).toBe("filter");
  });

  test.each<[title: string, options: WasiOptions, code: string]>([
    ["that is not there", { files: { "/etc/other.json": rules } }, "code -4"],
    ["where there are no files", {}, "code -4"],
    [
      "that is outside of its file system",
      { env: { TAG_RULES: "/../etc/passwd" }, files: { "/x": "" } },
      "code -4",
    ],
    [
      "that is the host's",
      { env: { TAG_RULES: fileURLToPath(import.meta.url) }, files: { "/x": "" } },
      "code -4",
    ],
    ["that is too large", { files: { "/etc/tag-rules.json": " ".repeat(1_048_577) } }, "code -4"],
    ["that is no JSON", { files: { "/etc/tag-rules.json": "{" } }, "code -3"],
  ])("refuses a file %s", async (_title, options, code) => {
    const session = await sessionWith(options);
    await expect(session.labelAgent({})).rejects.toMatchObject({
      code: "GUEST_ERROR",
      message: expect.stringContaining(code),
    });
  });

  test("runs as the example of @guardhost/wasi shows", async () => {
    const folder = await mkdtemp(join(tmpdir(), "guardhost-rules-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "rules.json"), rules);
    const example = fileURLToPath(new URL("../../wasi/examples/rules-file.mjs", import.meta.url));
    const args = [example, fileURLToPath(file), join(folder, "rules.json")];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ mode: "filter" }, { operation: "read" }]);
  });
});
