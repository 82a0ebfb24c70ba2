import { expect, test } from "vitest";
import { parseCommandLine, UsageError } from "../src/command-line.js";

test.each([
  [[], false],
  [["--json"], true],
  [["--"], false],
  [["--", "--json"], true],
])("%j", (args, json) => {
  expect(parseCommandLine(args)).toEqual({ json });
});

test.each([[["--jsno"]], [["--json=yes"]], [["file"]], [["--", "--", "--json"]]])("%j is refused", (args) => {
  expect(() => parseCommandLine(args)).toThrow(UsageError);
});
