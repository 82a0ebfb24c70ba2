import { describe, expect, test } from "vitest";
import { resolveLimits } from "../../src/limits.js";
import { encodeAgentInput, encodeResourceInput, encodeResponseInput } from "../../src/payload/encode.js";
import type { ToolCall } from "../../src/payload/labels.js";
import { textOf } from "../support/bytes.js";

const limits = resolveLimits();
const call = { name: "list_issues", arguments: { owner: "o" } };

describe("inputs", () => {
  test("of label_agent are the policy itself", () => {
    const policy = { "allow-only": { repos: "all", "min-integrity": "none" } };
    expect(textOf(encodeAgentInput(policy, limits))).toBe(
      '{"allow-only":{"repos":"all","min-integrity":"none"}}',
    );
  });

  test.each([
    [call, '{"capabilities":{},"tool_args":{"owner":"o"},"tool_name":"list_issues"}'],
    [{ name: "n" }, '{"capabilities":{},"tool_args":null,"tool_name":"n"}'],
    [{ name: "n", arguments: null }, '{"capabilities":{},"tool_args":null,"tool_name":"n"}'],
    [{ name: "", arguments: {} }, '{"capabilities":{},"tool_args":{},"tool_name":""}'],
    [
      { name: "\ud800", arguments: { a: "\udc00" } },
      '{"capabilities":{},"tool_args":{"a":"\ufffd"},"tool_name":"\ufffd"}',
    ],
  ])("of label_resource: %j", (toolCall, json) => {
    expect(textOf(encodeResourceInput(toolCall as ToolCall, limits))).toBe(json);
  });

  test.each([
    [{ content: [] }, '{"content":[]}'],
    [undefined, "null"],
    [null, "null"],
    [false, "false"],
    ["", '""'],
  ])("of label_response: %j", (result, json) => {
    expect(textOf(encodeResponseInput(call, result, limits))).toBe(
      `{"capabilities":{},"tool_args":{"owner":"o"},"tool_name":"list_issues","tool_result":${json}}`,
    );
  });
});

describe("a tool call", () => {
  const noName = "a tool call must have a name, which is a string";
  const noObject = "the arguments of a tool call must be an object of JSON";
  const misnamed = (name: string) => `a tool call must have "arguments", not "${name}"`;

  test.each<[what: string, toolCall: unknown, message: string]>([
    ["nothing", undefined, noName],
    ["null", null, noName],
    ["its name alone", "list_issues", noName],
    ["without a name", {}, noName],
    ["a number for a name", { name: 5 }, noName],
    ["a String for a name", { name: new String("n") }, noName],
    ["arguments as text", { name: "n", arguments: "{}" }, noObject],
    ["arguments as a number", { name: "n", arguments: 0 }, noObject],
    ["arguments as false", { name: "n", arguments: false }, noObject],
    ["arguments as a list", { name: "n", arguments: [] }, noObject],
    ["arguments as a Map", { name: "n", arguments: new Map([["owner", "o"]]) }, noObject],
    ["arguments as a Set", { name: "n", arguments: new Set(["owner"]) }, noObject],
    ["a function for arguments", { name: "n", arguments: () => undefined }, noObject],
    ["arguments as LangChain names them", { name: "n", args: {} }, misnamed("args")],
    ["arguments as Claude names them", { name: "n", input: {}, id: "1" }, misnamed("input")],
    ["arguments as guards get them", { name: "n", tool_args: {} }, misnamed("tool_args")],
    [
      "arguments that are undefined, and others",
      { name: "n", arguments: undefined, params: {} },
      misnamed("params"),
    ],
  ])("that JSON would change is a TypeError: %s", (_what, toolCall, message) => {
    for (const encode of [
      () => encodeResourceInput(toolCall as ToolCall, limits),
      () => encodeResponseInput(toolCall as ToolCall, null, limits),
    ]) {
      expect(encode).toThrow(TypeError);
      expect(encode).toThrow(message);
    }
  });
});

test.each([
  ["MCP's own", { name: "n", _meta: { progressToken: 1 }, task: {}, requestState: "s", inputResponses: {} }],
  ["the gateway's", { name: "n", id: 7 }],
  ["any beside arguments", { name: "n", arguments: {}, input: {} }],
])("further members of a tool call are nobody's concern: %s", (_whose, toolCall) => {
  const { name, arguments: args } = toolCall as ToolCall;
  const plain = args === undefined ? { name } : { name, arguments: args };
  expect(encodeResourceInput(toolCall, limits)).toEqual(encodeResourceInput(plain, limits));
});

describe("the limit", () => {
  test("counts bytes, not characters", () => {
    const tight = resolveLimits({ maxInputBytes: 8 });
    expect(encodeAgentInput("ééé", tight)).toHaveLength(8);
    expect(() => encodeAgentInput("éééa", tight)).toThrow(
      expect.objectContaining({
        code: "INPUT_TOO_LARGE",
        lost: false,
        message: "the input has 9 bytes, the limit is 8 (limits.maxInputBytes)",
      }),
    );
  });

  test.each([
    ["label_agent", (value: unknown) => encodeAgentInput(value, limits)],
    ["label_resource", (value: unknown) => encodeResourceInput({ name: "n", arguments: { value } }, limits)],
    ["label_response", (value: unknown) => encodeResponseInput(call, value, limits)],
  ])("of nesting ends %s too, with a cause", (_operation, encode) => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 1_000_000; depth++) deep = [deep];
    expect(() => encode(deep)).toThrow(
      expect.objectContaining({ code: "INPUT_TOO_LARGE", cause: expect.any(RangeError) }),
    );
  });
});

describe("what JSON cannot express", () => {
  test.each([
    ["a BigInt", 1n],
    [
      "a cycle",
      (() => {
        const cycle: unknown[] = [];
        cycle.push(cycle);
        return cycle;
      })(),
    ],
  ])("is the caller's mistake, a TypeError: %s", (_what, value) => {
    expect(() => encodeResponseInput(call, value, limits)).toThrow(TypeError);
    expect(() => encodeAgentInput(value, limits)).toThrow(TypeError);
  });
});
