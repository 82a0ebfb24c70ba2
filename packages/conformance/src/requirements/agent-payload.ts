import { type PayloadCase, payloadRequirement } from "../payload-case.js";
import type { Requirement } from "../requirement.js";

const NOTHING = { secrecy: [], integrity: [] };

const cases: readonly PayloadCase[] = [
  {
    id: "payload:agent-labels",
    behaviour: "label_agent answers the agent's labels and the mode; labels that are left out are empty",
    source: "spec 2.3",
    accepts: [
      [
        '{"agent":{"secrecy":["s"],"integrity":["i","j"]},"difc_mode":"strict"}',
        { agent: { secrecy: ["s"], integrity: ["i", "j"] }, mode: "strict" },
      ],
      ['{"difc_mode":"propagate"}', { agent: NOTHING, mode: "propagate" }],
      ['{"agent":{},"difc_mode":"filter","other":1}', { agent: NOTHING, mode: "filter" }],
    ],
  },
  {
    id: "payload:agent-tags-are-trimmed",
    behaviour: "Tags of the agent are trimmed, and blank ones dropped",
    source: "spec 2.3",
    accepts: [
      [
        '{"agent":{"secrecy":[" a ",""],"integrity":["  ","b"]},"difc_mode":"filter"}',
        { agent: { secrecy: ["a"], integrity: ["b"] }, mode: "filter" },
      ],
    ],
  },
  {
    id: "payload:agent-keys-ignore-case",
    behaviour: "Keys and the mode may have other letter case; the exact key counts where both are there",
    source: "spec 2.1, 2.3, 7",
    accepts: [
      ['{"DIFC_MODE":"FILTER"}', { agent: NOTHING, mode: "filter" }],
      [
        '{"Agent":{"Secrecy":["s"]},"Difc_Mode":"Strict"}',
        { agent: { secrecy: ["s"], integrity: [] }, mode: "strict" },
      ],
      ['{"DIFC_MODE":"strict","difc_mode":"filter"}', { agent: NOTHING, mode: "filter" }],
    ],
  },
  {
    id: "payload:agent-empty-answer",
    behaviour: "An empty answer of label_agent is an error",
    source: "spec 1.9",
    refuses: [""],
  },
  {
    id: "payload:agent-is-an-object",
    behaviour: "The answer of label_agent must be an object",
    source: "spec 1.9, 2.3",
    refuses: ["null", "[]", '"filter"', "1", "true"],
  },
  {
    id: "payload:agent-mode-is-required",
    behaviour: "The mode must be there",
    source: "spec 2.3, 7",
    refuses: ["{}", '{"agent":{}}', '{"difc_mode":null}', '{"difc_mode":1}'],
    says: "/difc_mode",
  },
  {
    id: "payload:agent-mode-is-known",
    behaviour: "The mode is strict, filter or propagate, without blanks around it",
    source: "spec 2.3, 7",
    refuses: ['{"difc_mode":" strict "}', '{"difc_mode":""}', '{"difc_mode":"loose"}'],
    says: "/difc_mode",
  },
  {
    id: "payload:agent-labels-are-strings",
    behaviour: "Labels of the agent that are no arrays of strings are errors",
    source: "spec 2.3, 7",
    refuses: [
      '{"agent":{"secrecy":[1]},"difc_mode":"filter"}',
      '{"agent":{"secrecy":"s"},"difc_mode":"filter"}',
      '{"agent":{"secrecy":["s",null]},"difc_mode":"filter"}',
    ],
    says: "/agent/secrecy",
  },
  {
    id: "payload:agent-is-described-by-an-object",
    behaviour: "The agent's entry must be an object",
    source: "spec 2.3",
    refuses: ['{"agent":[],"difc_mode":"filter"}', '{"agent":"s","difc_mode":"filter"}'],
    says: "/agent",
  },
  {
    id: "payload:agent-refuses",
    behaviour: "success or ok of false, or an error that is not blank, is the guard's refusal: GUEST_ERROR",
    source: "spec 2.3, 7",
    code: "GUEST_ERROR",
    refuses: [
      '{"success":false,"difc_mode":"filter"}',
      '{"success":false,"error":"  "}',
      '{"ok":false,"difc_mode":"filter"}',
      '{"error":"no such scope","difc_mode":"filter"}',
      '{"error":"no such scope","success":true}',
    ],
  },
  {
    id: "payload:agent-refusal-says-why",
    behaviour: "The guard's own words about its refusal are in the error",
    source: "spec 2.3, 7",
    code: "GUEST_ERROR",
    refuses: ['{"success":false,"error":"no such scope"}', '{"error":"no such scope","success":true}'],
    says: "no such scope",
  },
  {
    id: "payload:agent-refusal-of-other-type",
    behaviour: "success and ok that are not booleans, and errors that are blank or no strings, mean nothing",
    source: "spec 2.3, 7",
    accepts: [
      ['{"success":"false","difc_mode":"filter"}', { agent: NOTHING, mode: "filter" }],
      ['{"ok":0,"error":{},"difc_mode":"filter"}', { agent: NOTHING, mode: "filter" }],
      ['{"ok":true,"error":" ","difc_mode":"filter"}', { agent: NOTHING, mode: "filter" }],
    ],
  },
  {
    id: "payload:agent-normalized-policy",
    behaviour: "A normalized policy is passed on, its scope_kind trimmed and in lower case; null is none",
    source: "spec 2.3",
    accepts: [
      [
        '{"difc_mode":"filter","normalized_policy":{"scope_kind":" All ","More":" All "}}',
        { agent: NOTHING, mode: "filter", normalizedPolicy: { scope_kind: "all", More: " All " } },
      ],
      ['{"difc_mode":"filter","normalized_policy":null}', { agent: NOTHING, mode: "filter" }],
    ],
  },
  {
    id: "payload:agent-normalized-policy-is-an-object",
    behaviour: "A normalized policy that is no object is an error",
    source: "spec 2.3, 7",
    refuses: [
      '{"difc_mode":"filter","normalized_policy":[]}',
      '{"difc_mode":"filter","normalized_policy":"all"}',
    ],
    says: "/normalized_policy",
  },
];

/** Answers of `label_agent`. */
export const agentPayloadRequirements: readonly Requirement[] = cases.map((payload) =>
  payloadRequirement("label_agent", payload),
);
