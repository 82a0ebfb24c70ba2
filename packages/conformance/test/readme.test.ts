import { readdir, readFile } from "node:fs/promises";
import { requirements, runConformance } from "@guardhost/conformance";
import { conformanceTests } from "@guardhost/conformance/vitest";
import { expect, test, vi } from "vitest";
import { myEngine } from "./readme/my-engine.js";

// Tests cannot be declared within a test.
vi.mock("@guardhost/conformance/vitest", () => ({ conformanceTests: vi.fn() }));

const examples = new URL("readme/", import.meta.url);
const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");

test("the code of the README is that of the examples", async () => {
  const files = (await readdir(examples)).filter((file) => file !== "my-engine.ts");
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, examples), "utf8")));
  const blocks = Array.from(readme.matchAll(/```ts\n(.*?)```/gs), ([, block]) => block);
  expect(blocks.sort()).toEqual(texts.sort());
});

test("the report of the README is printed, and failures end in an exit code", async () => {
  const { exitCode } = process;
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  try {
    await import("./readme/as-report.js");
    const report = JSON.parse(log.mock.calls[0]?.[0]);
    expect(report.engine).toBe("reference");
    expect(process.exitCode).toBe(report.failed.length === 0 ? 0 : 1);
  } finally {
    log.mockRestore();
    process.exitCode = exitCode;
  }
});

test("the options of the README are accepted", async () => {
  await import("./readme/as-tests.js");
  await import("./readme/with-deviations.js");
  const calls = vi.mocked(conformanceTests).mock.calls;
  expect(calls).toHaveLength(2);
  for (const [, options] of calls) {
    const { passed } = await runConformance(myEngine(), { ...options, only: ["call:echo"] });
    expect(passed).toEqual(["call:echo"]);
  }
});

test("the README lists every group, in order", () => {
  const listed = Array.from(readme.matchAll(/^\| `(\w+)` \|/gm), ([, group]) => group);
  expect(listed).toEqual([...new Set(requirements.map(({ id }) => id.split(":")[0]))]);
});
