import { describe, expect, test } from "vitest";
import { decodeResourceAnswer } from "../../src/payload/decode.js";
import { jsonBytes } from "../support/bytes.js";
import { invalidOutput, noTags, oneTag } from "../support/decoding.js";

describe("label_resource, vectors of the reference", () => {
  test("an empty resource is a write without labels", () => {
    expect(decodeResourceAnswer(jsonBytes({ resource: {} }))).toEqual({
      resource: noTags,
      operation: "write",
    });
  });

  test.each([{ resource: null }, {}, null, [], "x"])("%j is an error", (answer) => {
    expect(invalidOutput("label_resource", answer)).toContain("must be an object");
  });

  // The reference reads all of these as a public resource that is written to (W4).
  test.each<[answer: unknown, message: string]>([
    [{ resource: { description: 5 } }, "/resource/description must be a string, not a number"],
    [{ resource: { secrecy: "x" } }, "/resource/secrecy must be an array, not a string"],
    [
      { resource: { integrity: [1, "a", "", " b "] } },
      "/resource/integrity/0 must be a string, not a number",
    ],
    [
      { resource: {}, operation: "READ" },
      "/operation must be one of read, write, read-write, not another word",
    ],
    [
      { resource: { description: 5, secrecy: "x", integrity: [1, "a", "", " b "] }, operation: "READ" },
      "/resource/secrecy must be an array, not a string",
    ],
  ])("W4: %j is an error: %s", (answer, message) => {
    expect(invalidOutput("label_resource", answer)).toBe(`label_resource: ${message}`);
  });
});

describe("label_resource", () => {
  const misspelt = 'label_resource: /resource lacks "secrecy" or "integrity", and has keys that are neither';

  test.each<[labels: object]>([
    [{ secret: ["s"] }],
    [{ secrecy: ["s"], integrty: ["i"] }],
    [{ integrity: ["i"], secrecy_tags: [] }],
    [{ description: "d", constructor: {} }],
    [{ secrecy: ["s"], toString: 1 }],
  ])("with a key that may be a misspelt list is an error, not public: %j", (resource) => {
    expect(invalidOutput("label_resource", { resource })).toBe(misspelt);
  });

  test.each<[labels: object]>([
    [{ secrecy: ["s"] }],
    [{ Integrity: ["i"] }],
    [{ DESCRIPTION: "d" }],
    [{ secrecy: [], integrity: [], extra: 1 }],
  ])("may leave lists out, and have other keys where none is left out: %j", (resource) => {
    expect(decodeResourceAnswer(jsonBytes({ resource })).operation).toBe("write");
  });

  test("keeps tags verbatim", () => {
    const answer = { resource: { secrecy: ["", " b ", "*", "é"], integrity: ["a", "a"] }, operation: "read" };
    expect(decodeResourceAnswer(jsonBytes(answer))).toEqual({
      resource: { secrecy: ["", " b ", "*", "é"], integrity: ["a", "a"] },
      operation: "read",
    });
  });

  test.each(["read", "write", "read-write"])("knows the operation %s", (operation) => {
    expect(decodeResourceAnswer(jsonBytes({ resource: {}, operation })).operation).toBe(operation);
  });

  test.each<[answer: object, expected: unknown]>([
    [{ resource: { description: "" } }, { resource: { description: "", ...noTags }, operation: "write" }],
    [
      { resource: {}, operation: null },
      { resource: noTags, operation: "write" },
    ],
    // oneTag key in other letter case counts; without it, labels would be lost.
    [
      { Resource: { Secrecy: ["a"], INTEGRITY: ["i"] }, Operation: "read" },
      { resource: oneTag, operation: "read" },
    ],
  ])("takes %j", (answer, expected) => {
    expect(decodeResourceAnswer(jsonBytes(answer))).toEqual(expected);
  });

  test("has the members that it holds, and none that objects inherit", () => {
    const [empty, bare] = [jsonBytes({}), jsonBytes({ resource: {} })];
    const inherited = { value: ["p"], enumerable: true, configurable: true };
    let decoded: unknown;
    let failure: unknown;
    Object.defineProperties(Object.prototype, { RESOURCE: inherited, SECRECY: inherited });
    try {
      decoded = decodeResourceAnswer(bare);
      decodeResourceAnswer(empty);
    } catch (error) {
      failure = error;
    } finally {
      for (const key of ["RESOURCE", "SECRECY"]) Reflect.deleteProperty(Object.prototype, key);
    }
    expect(decoded).toEqual({ resource: noTags, operation: "write" });
    expect(failure).toMatchObject({ message: "label_resource: /resource must be an object, not absent" });
  });

  test.each<[answer: object, message: string]>([
    [{ resource: {}, operation: 1 }, "/operation must be one of read, write, read-write, not a number"],
    [{ resource: {}, operation: "" }, "/operation must be one of"],
    [{ resource: {}, operation: "constructor" }, "/operation must be one of"],
    [{ resource: { secrecy: null } }, "/resource/secrecy must be an array, not null"],
    [{ resource: { secrecy: {} } }, "/resource/secrecy must be an array, not an object"],
    [{ resource: { integrity: [["a"]] } }, "/resource/integrity/0 must be a string, not an array"],
    [{ resource: { description: null } }, "/resource/description must be a string, not null"],
    // Null is not absent, in whatever spelling.
    [{ resource: { Secrecy: null } }, "/resource/secrecy must be an array, not null"],
    [{ resource: { INTEGRITY: null } }, "/resource/integrity must be an array, not null"],
    [{ resource: { Description: null } }, "/resource/description must be a string, not null"],
    [
      { RESOURCE: { secrecy: [], Integrity: ["a", 1] } },
      "/resource/integrity/1 must be a string, not a number",
    ],
  ])("refuses %j", (answer, message) => {
    expect(invalidOutput("label_resource", answer)).toContain(message);
  });
});
