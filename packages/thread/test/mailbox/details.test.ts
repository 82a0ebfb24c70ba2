import { GuardError } from "@guardhost/core";
import { expect, test } from "vitest";
import { decodeDetails, encodeDetails, guardErrorOf, plainErrorOf } from "../../src/mailbox/details.js";

const copyOf = (error: unknown) => guardErrorOf(JSON.parse(JSON.stringify(plainErrorOf(error))));

test("messages survive, whatever they hold", () => {
  const logs = [["warn", "\u0000\ud800 \u2028 🎉"]] as const;
  expect(decodeDetails(encodeDetails({ tool: "töl", logs }))).toEqual({ tool: "töl", logs });
});

test.each([
  { what: "an error", cause: new TypeError("bad"), seen: { name: "TypeError", message: "bad" } },
  { what: "a string", cause: "bad", seen: { name: "string", message: "bad" } },
  { what: "null", cause: null, seen: { name: "object", message: "null" } },
])("of a cause that is $what, name and message are left", ({ cause, seen }) => {
  const copy = copyOf(new GuardError("TRAPPED", "it trapped", { lost: true, cause }));
  expect(copy).toMatchObject({ code: "TRAPPED", message: "it trapped", lost: true });
  expect(copy.cause).toMatchObject(seen);
});

test("an error without a cause gets none", () => {
  const copy = copyOf(new GuardError("BUSY", "later"));
  expect(GuardError.is(copy, "BUSY")).toBe(true);
  expect(copy.cause).toBeUndefined();
});

test.each([
  { what: "a mistake of the engine", thrown: new RangeError("oops"), text: "RangeError: oops" },
  { what: "anything else", thrown: 42, text: "number: 42" },
])("$what costs the instance", ({ thrown, text }) => {
  expect(copyOf(thrown)).toMatchObject({
    code: "TRAPPED",
    lost: true,
    message: expect.stringContaining(text),
  });
});
