import { describe, expect, test } from "vitest";
import { decodeResponseAnswer } from "../../src/payload/decode.js";
import { bytesOf, jsonBytes } from "../support/bytes.js";
import { invalidOutput, noTags, oneTag } from "../support/decoding.js";

describe("label_response", () => {
  test.each<[answer: string, expected: unknown]>([
    ["", { kind: "unlabeled" }],
    ["null", { kind: "unlabeled" }],
    ['{"labeled_paths":[]}', { kind: "paths", paths: [] }],
    ['{"items":[]}', { kind: "items", items: [] }],
    ['{"items":[{}]}', { kind: "items", items: [{}] }],
    ['{"items":[{"data":{"x":1}}]}', { kind: "items", items: [{}] }],
    ['{"items":[{"data":1,"labels":{}}]}', { kind: "items", items: [{ labels: noTags }] }],
    [
      '{"items":[{"labels":{"description":"d","secrecy":["a"],"integrity":["i"]}}]}',
      { kind: "items", items: [{ labels: { description: "d", ...oneTag } }] },
    ],
    [
      '{"labeled_paths":[{"path":"/0","labels":{"secrecy":["a"],"integrity":["i"]}}],"default_labels":{"secrecy":[],"integrity":[]},"items_path":"/items"}',
      { kind: "paths", paths: [{ path: "/0", labels: oneTag }], defaults: noTags, itemsPath: "/items" },
    ],
    ['{"labeled_paths":[],"default_labels":null,"items_path":null}', { kind: "paths", paths: [] }],
    ['{"labeled_paths":[],"items_path":""}', { kind: "paths", paths: [], itemsPath: "" }],
    [
      '{"labeled_paths":[{"path":"/a~0b~1c/ /-1/é","labels":{"secrecy":[],"integrity":[]}}],"items_path":"/"}',
      { kind: "paths", paths: [{ path: "/a~0b~1c/ /-1/é", labels: noTags }], itemsPath: "/" },
    ],
    // Keys that mean nothing are no danger where both lists are there.
    [
      '{"items":[{"labels":{"secrecy":[],"integrity":[],"x":1}}]}',
      { kind: "items", items: [{ labels: noTags }] },
    ],
    // Paths win over items, as in the reference.
    ['{"items":[{}],"labeled_paths":[]}', { kind: "paths", paths: [] }],
    [
      '{"Labeled_Paths":[{"Path":"","Labels":{"Secrecy":[],"Integrity":[]}}]}',
      { kind: "paths", paths: [{ path: "", labels: noTags }] },
    ],
  ])("takes %s", (answer, expected) => {
    expect(decodeResponseAnswer(bytesOf(answer))).toEqual(expected);
  });

  test("does not pass on the guard's copy of the data", () => {
    const answer = decodeResponseAnswer(jsonBytes({ items: [{ data: "secret", labels: oneTag }] }));
    expect(JSON.stringify(answer)).not.toContain("secret");
  });

  test.each<[answer: unknown, message: string, weakness: string]>([
    [{}, 'its answer must be null or an object with "labeled_paths" or "items", not an object', "W3"],
    [
      { labels: [] },
      'its answer must be null or an object with "labeled_paths" or "items", not an object',
      "W3",
    ],
    [{ items: null }, "/items must be an array, not null", "W3"],
    [{ items: {} }, "/items must be an array, not an object", "W3"],
    [{ items: [null] }, "/items/0 must be an object, not null", "W4"],
    [{ items: [{}, []] }, "/items/1 must be an object, not an array", "W4"],
    [{ items: [{ labels: null }] }, "/items/0/labels must be an object, not null", "W4"],
    [{ items: [{ labels: [] }] }, "/items/0/labels must be an object, not an array", "W4"],
    [
      { items: [{ labels: { secrecy: "a" } }] },
      "/items/0/labels/secrecy must be an array, not a string",
      "W4",
    ],
    [
      { items: [{ labels: { integrity: [1] } }] },
      "/items/0/labels/integrity/0 must be a string, not a number",
      "W4",
    ],
    [{ labeled_paths: null }, "/labeled_paths must be an array, not null", "W4"],
    [{ labeled_paths: {} }, "/labeled_paths must be an array, not an object", "as the reference"],
    [{ labeled_paths: [1] }, "/labeled_paths/0 must be an object, not a number", "as the reference"],
    [{ labeled_paths: [{ labels: oneTag }] }, "/labeled_paths/0/path must be a string, not absent", "W4"],
    [
      { labeled_paths: [{ path: 0, labels: oneTag }] },
      "/labeled_paths/0/path must be a string, not a number",
      "as the reference",
    ],
    [{ labeled_paths: [{ path: "/0" }] }, "/labeled_paths/0/labels must be an object, not absent", "W4"],
    [
      { labeled_paths: [{ path: "/0", labels: {} }] },
      "/labeled_paths/0/labels/secrecy must be an array, not absent",
      "W4",
    ],
    [
      { labeled_paths: [{ path: "/0", labels: { secrecy: [], integrty: [] } }] },
      "/labeled_paths/0/labels/integrity must be an array, not absent",
      "W4",
    ],
    [
      { labeled_paths: [{ path: "/0", labels: { ...oneTag, secrecy: "A" } }] },
      "/labeled_paths/0/labels/secrecy must be an array, not a string",
      "as the reference",
    ],
    [
      { labeled_paths: [{ path: "/0", labels: { ...oneTag, description: 1 } }] },
      "/labeled_paths/0/labels/description must be a string, not a number",
      "as the reference",
    ],
    [
      {
        labeled_paths: [
          { path: "/0", labels: oneTag },
          { path: "/1", Labels: { ...oneTag, secrecy: ["a", 1] } },
        ],
      },
      "/labeled_paths/1/labels/secrecy/1 must be a string, not a number",
      "as the reference",
    ],
    [
      { labeled_paths: [], default_labels: { secrecy: [], integrity: [null] } },
      "/default_labels/integrity/0 must be a string, not null",
      "as the reference",
    ],
    [{ items: [{}, { LABELS: null }] }, "/items/1/labels must be an object, not null", "W4"],
    [{ labeled_paths: [], default_labels: {} }, "/default_labels/secrecy must be an array, not absent", "W4"],
    [
      { labeled_paths: [], default_labels: [] },
      "/default_labels must be an object, not an array",
      "as the reference",
    ],
    ...["0", "items/0", "#/0", "/~", "/a~2b", "/~0~"].flatMap(
      (path): [answer: unknown, message: string, weakness: string][] => [
        [
          { labeled_paths: [{ path, labels: oneTag }] },
          "/labeled_paths/0/path must be a JSON pointer",
          "W60",
        ],
        [{ labeled_paths: [], items_path: path }, "/items_path must be a JSON pointer", "W60"],
      ],
    ),
    [
      { items: [{}, { labels: { secret: ["s"] } }] },
      '/items/1/labels lacks "secrecy" or "integrity", and has keys that are neither',
      "W4",
    ],
    [{ labeled_paths: [], items_path: 1 }, "/items_path must be a string, not a number", "as the reference"],
    [[], "its answer must be an object, not an array", "as the reference"],
    ["x", "its answer must be an object, not a string", "as the reference"],
    [0, "its answer must be an object, not a number", "as the reference"],
    [false, "its answer must be an object, not a boolean", "as the reference"],
  ])("refuses %j: %s (%s)", (answer, message) => {
    expect(invalidOutput("label_response", answer)).toBe(`label_response: ${message}`);
  });
});
