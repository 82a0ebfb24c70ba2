import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GuardOperation, LABEL_FUNCTIONS } from "../../src/abi/abi.js";
import { GuardError } from "../../src/error.js";
import { MAX_JSON_DEPTH } from "../../src/json/parse-untrusted-json.js";
import { MAX_ENTRIES } from "../../src/payload/answer-reader.js";
import { bytesOf } from "../support/bytes.js";
import { decoders, failureOf, noTags } from "../support/decoding.js";

describe.each(LABEL_FUNCTIONS)("any answer of %s", (operation) => {
  test("is refused when it is not JSON in UTF-8", () => {
    const broken: [bytes: Uint8Array, what: string][] = [
      [bytesOf("{"), "its answer of 1 bytes is not JSON after 1 characters"],
      [bytesOf("{}{}"), "its answer of 4 bytes is not JSON after 2 characters"],
      [bytesOf("\ufeff{}"), "its answer of 5 bytes is not JSON: it has a byte order mark"],
      [bytesOf("\u0000"), "its answer of 1 bytes is not JSON"],
      [Uint8Array.of(0x22, 0xff, 0x22), "its answer is not UTF-8"],
      // oneTag surrogate, and an overlong form of "/".
      [Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), "its answer is not UTF-8"],
      [Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), "its answer is not UTF-8"],
    ];
    for (const [bytes, what] of broken) {
      expect(failureOf(operation, bytes)).toMatchObject({
        code: "INVALID_OUTPUT",
        message: `${operation}: ${what}`,
      });
    }
  });

  test("is refused when it nests too deeply", () => {
    const deep = bytesOf(`${'{"x":'.repeat(MAX_JSON_DEPTH + 1)}1${"}".repeat(MAX_JSON_DEPTH + 1)}`);
    expect(failureOf(operation, deep).message).toBe(
      `${operation}: its answer of ${deep.length} bytes nests more than ${MAX_JSON_DEPTH} levels deep`,
    );
  });

  test("is data, whatever its keys are", () => {
    const hostile =
      '{"__proto__":{"secrecy":["p"],"labeled_paths":[],"resource":{},"difc_mode":"filter"},"constructor":{},"hasOwnProperty":1}';
    expect(failureOf(operation, bytesOf(hostile)).code).toBe("INVALID_OUTPUT");
    expect(({} as Record<string, unknown>).secrecy).toBeUndefined();
  });

  test("counts in its exact spelling before any other", () => {
    const answers = {
      label_agent: '{"DIFC_MODE":"strict","difc_mode":"filter"}',
      label_resource: '{"OPERATION":"read","operation":"write","resource":{}}',
      label_response: '{"ITEMS":[{}],"items":[]}',
    };
    const expected = {
      label_agent: { agent: noTags, mode: "filter" },
      label_resource: { resource: noTags, operation: "write" },
      label_response: { kind: "items", items: [] },
    };
    expect(decoders[operation](bytesOf(answers[operation]))).toEqual(expected[operation]);
  });
});

test("an empty answer is an error of label_agent and label_resource", () => {
  for (const operation of ["label_agent", "label_resource"] as const) {
    expect(failureOf(operation, new Uint8Array(0))).toMatchObject({
      code: "INVALID_OUTPUT",
      message: `${operation}: its answer is empty`,
    });
  }
});

describe("arrays", () => {
  const filled = (length: number, element: string) => `[${Array(length).fill(element).join(",")}]`;

  test.each<[operation: GuardOperation, pointer: string, wrap: (array: string) => string, element: string]>([
    ["label_agent", "/agent/secrecy", (array) => `{"difc_mode":"strict","agent":{"secrecy":${array}}}`, '""'],
    ["label_resource", "/resource/integrity", (array) => `{"resource":{"integrity":${array}}}`, '""'],
    ["label_response", "/items", (array) => `{"items":${array}}`, "{}"],
    [
      "label_response",
      "/labeled_paths",
      (array) => `{"labeled_paths":${array}}`,
      '{"path":"","labels":{"secrecy":[],"integrity":[]}}',
    ],
    [
      "label_response",
      "/items/0/labels/secrecy",
      (array) => `{"items":[{"labels":{"secrecy":${array}}}]}`,
      '""',
    ],
  ])("%s takes %s up to the limit, and not beyond", (operation, pointer, wrap, element) => {
    expect(() => decoders[operation](bytesOf(wrap(filled(MAX_ENTRIES, element))))).not.toThrow();
    expect(failureOf(operation, bytesOf(wrap(filled(MAX_ENTRIES + 1, element)))).message).toBe(
      `${operation}: ${pointer} has ${MAX_ENTRIES + 1} elements, more than ${MAX_ENTRIES}`,
    );
  });
});

describe("messages", () => {
  // Without "error": the guard's own words about a refused policy are quoted on purpose.
  /** oneTag marker that no message contains by itself. */
  const SECRET = "s3cr3t";
  const key = fc.constantFrom(
    "agent",
    "secrecy",
    "integrity",
    "difc_mode",
    "normalized_policy",
    "success",
    "ok",
    "resource",
    "operation",
    "description",
    "labeled_paths",
    "path",
    "labels",
    "default_labels",
    "items_path",
    "items",
    "data",
    SECRET,
    "__proto__",
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(SECRET, `read${SECRET}`, "filter", "read", "", null, true, false, 1, 31_337_31_337),
      tie("list"),
      tie("object"),
    ),
    list: fc.array(tie("value"), { maxLength: 3 }),
    object: fc
      .array(fc.tuple(key, tie("value")), { maxLength: 6 })
      .map((entries) => Object.fromEntries(entries)),
  }));
  const text = fc.oneof(
    value.map((answer) => JSON.stringify(answer)),
    // Broken JSON: parsers like to quote it.
    value.map((answer) => `${JSON.stringify(answer)}${SECRET}`),
    value.map((answer) => JSON.stringify(answer).slice(0, -1)),
  );

  test.each(LABEL_FUNCTIONS)("of %s never hold a value or a key that the guest chose", (operation) => {
    let failures = 0;
    fc.assert(
      fc.property(text, (answer) => {
        try {
          decoders[operation](bytesOf(answer));
        } catch (error) {
          failures++;
          expect(GuardError.is(error)).toBe(true);
          const told = `${(error as Error).message} ${String((error as Error).cause)}`;
          expect(told).not.toContain(SECRET);
          expect(told).not.toContain("3133731337");
        }
      }),
      { numRuns: 1_000 },
    );
    expect(failures).toBeGreaterThan(100);
  });
});
