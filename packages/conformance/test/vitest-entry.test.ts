import { conformanceTests } from "@guardhost/conformance/vitest";
import { expect, test } from "vitest";
import { referenceEngine } from "./reference-engine.js";

conformanceTests(referenceEngine(), { only: ["call", "status", "async:refused", "async:result"] });

conformanceTests(referenceEngine({ name: "reference without WASI" }), {
  only: ["wasi:wall-clock-is-deterministic"],
  deviations: [{ id: "wasi:wall-clock-is-deterministic", reason: "its WASI does nothing" }],
});

test("options that make no sense are refused before any test is declared", () => {
  expect(() => conformanceTests(referenceEngine(), { only: ["no-such-group"] })).toThrow(RangeError);
});
