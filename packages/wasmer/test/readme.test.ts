import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test("the README has the configuration of Vite that tools/matrix builds its page with", () => {
  expect(read("../README.md")).toContain(read("../examples/vite.config.js"));
});
