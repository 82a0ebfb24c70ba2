import { describe, expect, test } from "vitest";
import { parseWriteSinkPolicy } from "../../src/guards/write-sink-policy.js";
import { Label } from "../../src/labels/label.js";
import { errorOf } from "../support/thrown-by.js";

const parse = (sink: unknown) => parseWriteSinkPolicy({ "write-sink": sink });

describe("vectors of section 7", () => {
  test.each([["secret:o/r"], [":o/r"]])("accept %j is an error", (entry) => {
    expect(errorOf(() => parse({ accept: [entry] }))).toMatchObject({
      code: "POLICY",
      message:
        'write-sink/accept/0 must be a repository or an owner, with or without "private:", "public:" or "internal:"',
    });
  });

  test('visibility "  " is an error', () => {
    expect(errorOf(() => parse({ accept: ["*"], "sink-visibility": "  " })).message).toBe(
      "write-sink/sink-visibility must be one of public, private, internal",
    );
  });

  test('accept [" * "] and visibility " Public " are not', () => {
    expect(parse({ accept: [" * "], "sink-visibility": " Public " })).toEqual({
      accept: Label.all,
      sinkVisibility: "public",
    });
  });
});

describe("what a sink accepts", () => {
  test.each<[entries: string[], tags: string[]]>([
    [["o"], ["o"]],
    [
      ["private:o", "private:o/*", "private:o/p*", "private:o/r"],
      ["private:o", "private:o/*", "private:o/p*", "private:o/r"],
    ],
    [
      ["internal:o/r", "public:o"],
      ["internal:o/r", "public:o"],
    ],
    [
      ["private:g/.github", "private:Azure/docs.azure.com"],
      ["private:Azure/docs.azure.com", "private:g/.github"],
    ],
    // What was checked is what is used (W46).
    [
      [" private:o/r ", "\tprivate:o/s\n"],
      ["private:o/r", "private:o/s"],
    ],
    [["private"], ["private"]],
  ])("%j", (accept, tags) => {
    expect(parse({ accept }).accept.tags).toEqual(tags);
  });

  test.each<[accept: unknown]>([
    [undefined],
    [null],
    [[]],
    ["*"],
    [{ 0: "*", length: 1 }],
    [[""]],
    [[" "]],
    [[1]],
    [[null]],
    [["*", "private:o"]],
    [["private:o", "*"]],
    [["private:o", " private:o"]],
    [["private:"]],
    [["private:*"]],
    [["private:o/"]],
    [["private:/r"]],
    [["private:o/r/s"]],
    [["private:o/**"]],
    [["private:o/a*b"]],
    [["private:o/.."]],
    [["Private:o/r"]],
    [["private:private:o"]],
    [[`private:${"o".repeat(40)}`]],
    [[`private:o/${"r".repeat(101)}`]],
    [["private:o r"]],
  ])("%j is refused", (accept) => {
    expect(errorOf(() => parse({ accept })).code).toBe("POLICY");
  });

  test.each([1, null, [], "secret", "Public,private"])("visibility %j is refused", (visibility) => {
    expect(errorOf(() => parse({ accept: ["*"], "sink-visibility": visibility })).code).toBe("POLICY");
  });

  test("a visibility that is left out, or empty, is none", () => {
    expect(parse({ accept: ["*"] })).toEqual({ accept: Label.all });
    expect(parse({ accept: ["*"], "sink-visibility": "" })).toEqual({ accept: Label.all });
  });
});

describe("the policy around it", () => {
  test.each([{ "write-sink": { accept: ["*"] } }, { WriteSink: { ACCEPT: ["*"] } }])(
    "%j is one",
    (policy) => {
      expect(parseWriteSinkPolicy(policy).accept).toBe(Label.all);
    },
  );

  test.each<[policy: unknown]>([
    [null],
    [[]],
    ["write-sink"],
    [{}],
    [{ "write-sink": null }],
    [{ "write-sink": [] }],
    [{ "allow-only": {} }],
    [{ "write-sink": { accept: ["*"] }, "allow-only": null }],
    [{ "write-sink": { accept: ["*"] }, writesink: { accept: ["*"] } }],
    [{ "write-sink": { accept: ["*"] }, "Write-Sink": { accept: ["*"] } }],
    [{ "write-sink": { accept: ["*"] }, "trusted-bots": ["x"] }],
    [{ "write-sink": { accept: ["*"], Accept: ["o"] } }],
    [{ "write-sink": { accept: ["*"], sink_visibility: "public" } }],
    [JSON.parse('{"__proto__": {"write-sink": {"accept": ["*"]}}}')],
  ])("%j is none", (policy) => {
    expect(errorOf(() => parseWriteSinkPolicy(policy)).code).toBe("POLICY");
  });

  test("no error quotes it", () => {
    const { message } = errorOf(() => parse({ accept: ["the secret"] }));
    expect(message).not.toContain("secret");
  });
});
