import { expect, test } from "vitest";
import { parseCommandLine, UsageError } from "../src/command-line.js";

test.each([
  [[], false, false],
  [["--json"], true, false],
  [["--"], false, false],
  [["--", "--json"], true, false],
  [["--help"], false, true],
  [["-h", "--json"], true, true],
])("%j", (args, json, help) => {
  expect(parseCommandLine(args)).toEqual({ json, help });
});

test.each([[["--jsno"]], [["--json=yes"]], [["file"]], [["--", "--", "--json"]]])("%j is refused", (args) => {
  expect(() => parseCommandLine(args)).toThrow(UsageError);
});
