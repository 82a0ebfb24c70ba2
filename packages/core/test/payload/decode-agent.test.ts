import { describe, expect, test } from "vitest";
import { decodeAgentAnswer } from "../../src/payload/decode.js";
import { jsonBytes } from "../support/bytes.js";
import { failureOf, invalidOutput, noTags, oneTag } from "../support/decoding.js";

describe("label_agent, vectors of the reference", () => {
  test.each<[answer: unknown, message: string]>([
    // Where the reference misses the mode, ours already misses the object.
    [null, "its answer must be an object, not null"],
    [{}, "/difc_mode must be a string, not absent"],
    [{ difc_mode: " strict " }, "/difc_mode must be one of strict, filter, propagate, not another word"],
    [{ difc_mode: "filter", agent: { secrecy: [1] } }, "/agent/secrecy/0 must be a string, not a number"],
    [{ difc_mode: "filter", normalized_policy: [] }, "/normalized_policy must be an object, not an array"],
  ])("%j: %s", (answer, message) => {
    expect(invalidOutput("label_agent", answer)).toBe(`label_agent: ${message}`);
  });

  test.each<[answer: unknown, labels: unknown]>([
    [{ DIFC_MODE: "FILTER" }, { agent: noTags, mode: "filter" }],
    [
      { success: "false", difc_mode: "filter" },
      { agent: noTags, mode: "filter" },
    ],
    [
      { error: {}, difc_mode: "filter" },
      { agent: noTags, mode: "filter" },
    ],
  ])("%j: %j", (answer, labels) => {
    expect(decodeAgentAnswer(jsonBytes(answer))).toEqual(labels);
  });

  test.each<[answer: unknown, message: string]>([
    [{ success: false, error: "  " }, "the guard refused the policy: without saying why"],
    [{ ok: false }, "the guard refused the policy: without saying why"],
    [{ error: "x", success: true }, 'the guard refused the policy: "x"'],
  ])("%j: %s", (answer, message) => {
    const error = failureOf("label_agent", jsonBytes(answer));
    expect(error).toMatchObject({ code: "GUEST_ERROR", message: `label_agent: ${message}` });
  });
});

describe("label_agent", () => {
  test("trims tags, drops blank ones, keeps order and duplicates", () => {
    const answer = { agent: { secrecy: [" a ", "", "\t", "b", "a"], integrity: ["x"] }, difc_mode: "Strict" };
    expect(decodeAgentAnswer(jsonBytes(answer))).toEqual({
      agent: { secrecy: ["a", "b", "a"], integrity: ["x"] },
      mode: "strict",
    });
  });

  test.each<[answer: object, labels: unknown]>([
    [{ agent: null }, { agent: noTags, mode: "filter" }],
    [{ agent: { secrecy: null } }, { agent: noTags, mode: "filter" }],
    [{ agent: {} }, { agent: noTags, mode: "filter" }],
    [{ Agent: { SECRECY: ["a"], Integrity: ["i"] } }, { agent: oneTag, mode: "filter" }],
    [{ normalized_policy: null }, { agent: noTags, mode: "filter" }],
    [
      { normalized_policy: { scope_kind: " All " } },
      { agent: noTags, mode: "filter", normalizedPolicy: { scope_kind: "all" } },
    ],
    [
      { success: true, ok: true, error: "" },
      { agent: noTags, mode: "filter" },
    ],
    [
      { success: null, ok: 0, error: null },
      { agent: noTags, mode: "filter" },
    ],
    [{ error: ["x"] }, { agent: noTags, mode: "filter" }],
    [{ unknown: 1 }, { agent: noTags, mode: "filter" }],
  ])("takes %j", (answer, labels) => {
    expect(decodeAgentAnswer(jsonBytes({ difc_mode: "filter", ...answer }))).toEqual(labels);
  });

  test.each<[answer: object, message: string]>([
    [{ agent: [] }, "/agent must be an object, not an array"],
    [{ agent: "x" }, "/agent must be an object, not a string"],
    [{ agent: { integrity: "x" } }, "/agent/integrity must be an array, not a string"],
    [{ agent: { integrity: ["x", null] } }, "/agent/integrity/1 must be a string, not null"],
    [{ difc_mode: null }, "/difc_mode must be a string, not null"],
    [{ difc_mode: 1 }, "/difc_mode must be a string, not a number"],
    [{ difc_mode: "" }, "/difc_mode must be one of strict, filter, propagate, not another word"],
    [{ difc_mode: "off" }, "/difc_mode must be one of strict, filter, propagate, not another word"],
    [{ normalized_policy: "x" }, "/normalized_policy must be an object, not a string"],
  ])("refuses %j", (answer, message) => {
    expect(invalidOutput("label_agent", { difc_mode: "filter", ...answer })).toBe(`label_agent: ${message}`);
  });

  test("looks for a refusal before it looks at anything else", () => {
    const broken = { agent: 1, difc_mode: 2, normalized_policy: 3 };
    for (const refusal of [
      { success: false },
      { ok: false },
      { error: "x" },
      { SUCCESS: false },
      { Error: "x" },
    ]) {
      expect(failureOf("label_agent", jsonBytes({ ...broken, ...refusal })).code).toBe("GUEST_ERROR");
    }
  });

  test("quotes at most 200 characters of the guard's own text, harmlessly", () => {
    const { message } = failureOf(
      "label_agent",
      jsonBytes({ error: `\u001b[2J\n\u009b\u202e"${"x".repeat(1_000)}` }),
    );
    expect(message).toContain('"\\u001b[2J\\n\\u009b\\u202e\\"xxx');
    expect(message.length).toBeLessThan(300);
  });
});
