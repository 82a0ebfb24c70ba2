import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DifcError } from "../../src/error.js";
import { Label } from "../../src/labels/label.js";
import { type LabelsInput, readLabels } from "../../src/labels/read-labels.js";
import { forAll } from "../support/arbitraries.js";
import { errorOf } from "../support/thrown-by.js";

const read = (value: unknown) => readLabels(value as LabelsInput);

test("reads lists of tags and labels that are made already", () => {
  expect(read({ secrecy: ["b", "a", "a"], integrity: [] })).toEqual({
    secrecy: Label.of("a", "b"),
    integrity: Label.none,
  });
  expect(read({ secrecy: Label.all, integrity: Label.of("x"), description: "d" })).toEqual({
    secrecy: Label.all,
    integrity: Label.of("x"),
    description: "d",
  });
});

describe("malformed labels never pass for public (W4)", () => {
  test.each<[value: unknown, message: string]>([
    [null, "labels must be an object"],
    ["secrecy", "labels must be an object"],
    [[], "secrecy must be a list of tags"],
    [{}, "secrecy must be a list of tags"],
    [{ secrecy: [] }, "integrity must be a list of tags"],
    [{ integrity: [] }, "secrecy must be a list of tags"],
    [{ secrecy: "A", integrity: [] }, "secrecy must be a list of tags"],
    [{ secrecy: null, integrity: [] }, "secrecy must be a list of tags"],
    [{ secrecy: [], integrity: { 0: "a", length: 1 } }, "integrity must be a list of tags"],
    [
      { secrecy: [1], integrity: [] },
      "secrecy/0 must be a string of well-formed Unicode, which is what tags are",
    ],
    [
      { secrecy: ["a", "\udc00"], integrity: [] },
      "secrecy/1 must be a string of well-formed Unicode, which is what tags are",
    ],
    [{ secrecy: [], integrity: [], description: 5 }, "description must be a string"],
  ])("%j", (value, message) => {
    expect(errorOf(() => read(value))).toMatchObject({ code: "INVALID_LABELS", message });
  });

  test("and neither do keys of the prototype", () => {
    const hostile = JSON.parse('{"__proto__": {"secrecy": [], "integrity": []}}');
    expect(errorOf(() => read(hostile)).code).toBe("INVALID_LABELS");
  });
});

test("labels that are known become one, and no others do", () => {
  const known = new Map();
  const one = readLabels({ secrecy: ["a", "b"], integrity: ["a,b"] }, known);
  const other = readLabels({ secrecy: ["a", "b"], integrity: ["b", "a"] }, known);
  expect(other.secrecy).toBe(one.secrecy);
  expect(one.integrity.tags).toEqual(["a,b"]);
  expect(other.integrity.tags).toEqual(["a", "b"]);
});

test("whatever arrives, it is labels or a DifcError", () => {
  const isInOrder = (value: unknown) => {
    try {
      const { secrecy, integrity } = read(value);
      return [secrecy, integrity].every((label) => label instanceof Label && label !== Label.all);
    } catch (error) {
      return DifcError.is(error, "INVALID_LABELS");
    }
  };
  const anything = fc.anything({ withBigInt: true, withSparseArray: true, withNullPrototype: true });
  forAll(
    fc.property(anything, anything, (one, other) =>
      [one, { secrecy: one, integrity: other }, { secrecy: [one], integrity: [other] }].every(isInOrder),
    ),
  );
});
