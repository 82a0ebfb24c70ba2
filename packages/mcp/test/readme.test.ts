import { readFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const blocks = (language: string) =>
  Array.from(readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms")), ([, block]) => block);

test("the code of the README is that of the example, which is type-checked", async () => {
  expect(blocks("ts")).toEqual([await readFile(new URL("readme/example.ts", import.meta.url), "utf8")]);
});

test("it prints what the README says", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  try {
    await import("./readme/example.js");
    expect(`${log.mock.calls.flat().join("\n")}\n`).toBe(blocks("text")[0]);
  } finally {
    log.mockRestore();
  }
});
