import { describe, expect, test } from "vitest";
import { type DifcMode, effectiveMode, parseMode, stricterMode } from "../../src/flow/mode.js";
import { errorOf } from "../support/thrown-by.js";

const modes: readonly DifcMode[] = ["strict", "filter", "propagate"];

describe("parsing (spec 3.3)", () => {
  test.each<[text: string, mode: DifcMode]>([
    ["strict", "strict"],
    ["FILTER", "filter"],
    ["Propagate", "propagate"],
    ["", "strict"],
  ])("%j is %s", (text, mode) => {
    expect(parseMode(text)).toBe(mode);
  });

  test.each([" strict ", "filter\n", "none", "__proto__", "constructor", null, undefined, 1, ["strict"]])(
    "%j is none",
    (text) => {
      const error = errorOf(() => parseMode(text as string));
      expect(error).toMatchObject({ code: "INVALID_MODE" });
      expect(error.message).toBe("the mode must be one of strict, filter, propagate");
    },
  );
});

describe("the stricter mode wins, unless the operator says otherwise (W18)", () => {
  test.each(
    modes.flatMap((operator, i) =>
      modes.map((guard, j) => [operator, guard, modes[Math.min(i, j)]] as const),
    ),
  )("operator %s, guard %s: %s", (operator, guard, stricter) => {
    expect(stricterMode(operator, guard)).toBe(stricter);
    expect(effectiveMode(operator, guard, "stricter")).toBe(stricter);
    expect(effectiveMode(operator, guard, "operator")).toBe(operator);
    expect(effectiveMode(operator, guard, "guard")).toBe(guard);
  });
});
