import { type PayloadCase, payloadRequirement } from "../payload-case.js";
import type { Requirement } from "../requirement.js";

const NOTHING = { secrecy: [], integrity: [] };

const cases: readonly PayloadCase[] = [
  {
    id: "payload:resource-labels",
    behaviour:
      "label_resource answers labels, a description and what the call does; labels left out are empty",
    source: "spec 2.4",
    accepts: [
      [
        '{"resource":{"description":"d","secrecy":["s"],"integrity":["i"]},"operation":"read-write"}',
        { resource: { description: "d", secrecy: ["s"], integrity: ["i"] }, operation: "read-write" },
      ],
      ['{"resource":{},"operation":"read"}', { resource: NOTHING, operation: "read" }],
    ],
  },
  {
    id: "payload:resource-tags-are-verbatim",
    behaviour: "Tags of a resource are neither trimmed nor dropped",
    source: "spec 2.4, 7",
    accepts: [
      [
        '{"resource":{"secrecy":[""," b ","*"]},"operation":"write"}',
        { resource: { secrecy: ["", " b ", "*"], integrity: [] }, operation: "write" },
      ],
    ],
  },
  {
    id: "payload:resource-operation-is-write",
    behaviour: "A call of which the guard does not say what it does counts as a write",
    source: "spec 2.4, 7",
    accepts: [
      ['{"resource":{}}', { resource: NOTHING, operation: "write" }],
      ['{"resource":{},"operation":null}', { resource: NOTHING, operation: "write" }],
    ],
  },
  {
    id: "payload:resource-operation-is-known",
    behaviour: "An operation that is not read, write or read-write is an error",
    source: "spec 2.4, W20",
    refuses: [
      '{"resource":{},"operation":"READ"}',
      '{"resource":{},"operation":"delete"}',
      '{"resource":{},"operation":1}',
    ],
    says: "/operation",
  },
  {
    id: "payload:resource-empty-answer",
    behaviour: "An empty answer of label_resource is an error",
    source: "spec 1.9",
    refuses: [""],
  },
  {
    id: "payload:resource-is-required",
    behaviour: "The answer of label_resource must be an object with the resource's labels",
    source: "spec 1.9, 2.4, 7",
    refuses: ["null", "[]", "{}", '{"resource":null}', '{"resource":[]}', '{"operation":"read"}'],
  },
  {
    id: "payload:resource-labels-are-strings",
    behaviour: "Labels of a resource that are no arrays of strings are errors, not public",
    source: "W4, design 7",
    refuses: [
      '{"resource":{"secrecy":"s"}}',
      '{"resource":{"secrecy":[1,"a"]}}',
      '{"resource":{"secrecy":null}}',
      '{"resource":{"secrecy":{"0":"s"}}}',
    ],
    says: "/resource/secrecy",
  },
  {
    id: "payload:resource-integrity-is-strings",
    behaviour: "Integrity labels are checked like secrecy labels",
    source: "W4, design 7",
    refuses: ['{"resource":{"integrity":"i"}}', '{"resource":{"integrity":[null]}}'],
    says: "/resource/integrity",
  },
  {
    id: "payload:resource-keys-are-known",
    behaviour:
      "A resource without both lists must have no other keys: a misspelt list must not make it public",
    source: "W4, design 7",
    refuses: [
      '{"resource":{"secret":["s"]}}',
      '{"resource":{"secrecy":["s"],"integrty":["i"]}}',
      '{"resource":{"description":"d","constructor":1}}',
    ],
    accepts: [
      ['{"resource":{"secrecy":[],"integrity":[],"more":1}}', { resource: NOTHING, operation: "write" }],
    ],
    says: "/resource",
  },
  {
    id: "payload:resource-description-is-text",
    behaviour: "A description that is no string is an error",
    source: "W4, design 7",
    refuses: ['{"resource":{"description":5}}'],
    says: "/resource/description",
  },
];

/** Answers of `label_resource`. */
export const resourcePayloadRequirements: readonly Requirement[] = cases.map((payload) =>
  payloadRequirement("label_resource", payload),
);
