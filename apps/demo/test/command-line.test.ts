import { expect, test } from "vitest";
import { parseCommandLine, UsageError } from "../src/command-line.js";

const nothing = { json: false, serve: false, port: 8_080, help: false };

test.each([
  [[], {}],
  [["--json"], { json: true }],
  [["--"], {}],
  [["--", "--json"], { json: true }],
  [["--", "--serve", "--port", "0"], { serve: true, port: 0 }],
  [["--help"], { help: true }],
  [["-h", "--json"], { json: true, help: true }],
])("%j", (args, options) => {
  expect(parseCommandLine(args)).toEqual({ ...nothing, ...options });
});

test.each([[["--jsno"]], [["--json=yes"]], [["file"]], [["--", "--", "--json"]], [["--port", "65536"]]])(
  "%j is refused",
  (args) => {
    expect(() => parseCommandLine(args)).toThrow(UsageError);
  },
);
