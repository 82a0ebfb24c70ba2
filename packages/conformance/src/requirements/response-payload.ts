import { type PayloadCase, payloadRequirement } from "../payload-case.js";
import type { Requirement } from "../requirement.js";

const UNLABELED = { kind: "unlabeled" };

/** A path format answer of one entry. */
function entry(text: string): string {
  return `{"labeled_paths":[${text}]}`;
}

/** An older answer of one item. */
function item(text: string): string {
  return `{"items":[${text}]}`;
}

const cases: readonly PayloadCase[] = [
  {
    id: "payload:response-unlabeled",
    behaviour: "No bytes and null both mean: nothing finer than the labels of the resource",
    source: "spec 1.9, 2.5, W1",
    accepts: [
      ["", UNLABELED],
      ["null", UNLABELED],
    ],
  },
  {
    id: "payload:response-of-no-format",
    behaviour: "An object with neither labeled_paths nor items is an error, not public",
    source: "W3, design 7",
    refuses: ["{}", '{"labels":{}}', '{"labelled_paths":[]}', '{"item":[]}'],
  },
  {
    id: "payload:response-is-an-object",
    behaviour: "The answer of label_response must be an object or null",
    source: "spec 1.9, 2.5",
    refuses: ["[]", '"text"', "1", "false"],
  },
  {
    id: "payload:response-paths",
    behaviour: "The path format has entries of a path and labels, default labels and the path of the items",
    source: "spec 2.5",
    accepts: [
      [
        '{"labeled_paths":[{"path":"/items/0","labels":{"description":"d","secrecy":["s"],"integrity":[]}}],' +
          '"default_labels":{"secrecy":[],"integrity":["i"]},"items_path":"/items"}',
        {
          kind: "paths",
          paths: [{ path: "/items/0", labels: { description: "d", secrecy: ["s"], integrity: [] } }],
          defaults: { secrecy: [], integrity: ["i"] },
          itemsPath: "/items",
        },
      ],
      [entry(""), { kind: "paths", paths: [] }],
      ['{"labeled_paths":[],"default_labels":null,"items_path":null}', { kind: "paths", paths: [] }],
    ],
  },
  {
    id: "payload:response-paths-come-first",
    behaviour: "Where an answer has both formats, the paths count",
    source: "spec 2.5",
    accepts: [['{"items":[{}],"labeled_paths":[]}', { kind: "paths", paths: [] }]],
  },
  {
    id: "payload:response-paths-is-an-array",
    behaviour: "labeled_paths that is no array is an error, not public",
    source: "W4, design 7",
    refuses: ['{"labeled_paths":null}', '{"labeled_paths":{}}', '{"labeled_paths":null,"items":[]}'],
    says: "/labeled_paths",
  },
  {
    id: "payload:response-path-is-text",
    behaviour: "An entry without a path, or with one that is no string, is an error",
    source: "spec 2.5, W4",
    refuses: [
      entry('{"labels":{"secrecy":[],"integrity":[]}}'),
      entry('{"path":0,"labels":{"secrecy":[],"integrity":[]}}'),
    ],
    says: "/labeled_paths/0/path",
  },
  {
    id: "payload:response-entry-has-labels",
    behaviour: "An entry without labels, or that is no object, is an error",
    source: "spec 2.5, W4",
    refuses: [entry('{"path":"/0"}'), entry('{"path":"/0","labels":null}'), entry('"/0"'), entry("null")],
    says: "/labeled_paths/0",
  },
  {
    id: "payload:response-labels-are-complete",
    behaviour:
      "Labels of a path must have both secrecy and integrity: a misspelt key must not make an item public",
    source: "W4, design 7",
    refuses: [
      entry('{"path":"/0","labels":{"integrity":[]}}'),
      entry('{"path":"/0","labels":{"secrecy":[]}}'),
      entry('{"path":"/0","labels":{"secret":["s"],"integrity":[]}}'),
      entry('{"path":"/0","labels":{"secrecy":"s","integrity":[]}}'),
      entry('{"path":"/0","labels":{"secrecy":[1],"integrity":[]}}'),
    ],
    says: "/labeled_paths/0/labels/",
  },
  {
    id: "payload:response-defaults-are-complete",
    behaviour: "Default labels are checked like the labels of a path",
    source: "spec 2.5, W4",
    refuses: [
      '{"labeled_paths":[],"default_labels":{}}',
      '{"labeled_paths":[],"default_labels":{"secrecy":[]}}',
      '{"labeled_paths":[],"default_labels":"none"}',
    ],
    says: "/default_labels",
  },
  {
    id: "payload:response-items-path-is-text",
    behaviour: "A path of the items that is no string is an error",
    source: "spec 2.5",
    refuses: ['{"labeled_paths":[],"items_path":["items"]}'],
    says: "/items_path",
  },
  {
    id: "payload:response-paths-are-pointers",
    behaviour: "Paths of items must be JSON pointers: a misread one would label something else",
    source: "spec 2.5, W60",
    accepts: [
      [
        '{"labeled_paths":[{"path":"/a~0b~1c","labels":{"secrecy":["s"],"integrity":[]}}],"items_path":""}',
        {
          kind: "paths",
          paths: [{ path: "/a~0b~1c", labels: { secrecy: ["s"], integrity: [] } }],
          itemsPath: "",
        },
      ],
    ],
    refuses: ["0", "items/0", "#/0", "/~", "/~2"].map((path) =>
      entry(`{"path":"${path}","labels":{"secrecy":[],"integrity":[]}}`),
    ),
    says: "/labeled_paths/0/path",
  },
  {
    id: "payload:response-items-path-is-a-pointer",
    behaviour: "The path of the items must be a JSON pointer",
    source: "spec 2.5, W60",
    refuses: ["items", "#/items", "/~", "/~2"].map((path) => `{"labeled_paths":[],"items_path":"${path}"}`),
    says: "/items_path",
  },
  {
    id: "payload:response-item-keys-are-known",
    behaviour: "Labels of an item without both lists must have no other keys",
    source: "W4, design 7",
    refuses: [item('{"labels":{"secret":["s"]}}'), item('{"labels":{"secrecy":["s"],"integrty":["i"]}}')],
    says: "/items/0/labels",
  },
  {
    id: "payload:response-items",
    behaviour: "The older format labels items by position, and the guard's copies of them are not passed on",
    source: "spec 2.5, design 7",
    accepts: [
      [
        item('{"data":{"title":"forged"},"labels":{"secrecy":["s"]}},{"data":1,"labels":{}}'),
        {
          kind: "items",
          items: [{ labels: { secrecy: ["s"], integrity: [] } }, { labels: { secrecy: [], integrity: [] } }],
        },
      ],
    ],
  },
  {
    id: "payload:response-no-items",
    behaviour: "No items is an empty collection, not an unlabelled response",
    source: "W3, design 7",
    accepts: [[item(""), { kind: "items", items: [] }]],
  },
  {
    id: "payload:response-item-without-labels",
    behaviour: "An item without labels carries those of the resource",
    source: "W4, W40, design 7",
    accepts: [[item('{"data":1}'), { kind: "items", items: [{}] }]],
  },
  {
    id: "payload:response-items-are-objects",
    behaviour: "An item that is no object is an error: dropping it would move the labels of the others",
    source: "W4, design 7",
    refuses: [item("null"), item('{"labels":{}},1'), item("[]"), '{"items":{}}', '{"items":null}'],
    says: "/items",
  },
  {
    id: "payload:response-item-labels-are-checked",
    behaviour: "Labels of an item that are malformed are errors, not public",
    source: "W4, design 7",
    refuses: [
      item('{"labels":null}'),
      item('{"labels":[]}'),
      item('{"labels":{"secrecy":"s"}}'),
      item('{"labels":{"integrity":[1]}}'),
    ],
    says: "/items/0/labels",
  },
];

/** Answers of `label_response`. */
export const responsePayloadRequirements: readonly Requirement[] = cases.map((payload) =>
  payloadRequirement("label_response", payload),
);
