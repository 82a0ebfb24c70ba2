import { describe, expect, it } from "vitest";
import {
  filesystemGuard,
  freshGuard,
  NO_POLICY,
  OPEN,
  policy,
  refusal,
  resource,
  secrecyOf,
  secret,
} from "./filesystem-guard.js";

const AGENT = { secrecy: ["private:hr"], integrity: ["approved"] };
const HR = { prefix: "/data/hr", secrecy: ["private:hr"], integrity: ["approved"], writable: false };

function document(filesystem: object): object {
  return { filesystem: { mode: "filter", agent: AGENT, paths: [], ...filesystem } };
}

describe("label_agent", () => {
  it("answers the agent's labels, the mode and the policy as it was understood", () => {
    const written = document({
      paths: [{ prefix: "hr/", secrecy: ["private:hr"], integrity: [] }],
      default: AGENT,
    });
    expect(freshGuard().answer("label_agent", written)).toEqual({
      agent: AGENT,
      difc_mode: "filter",
      normalized_policy: document({
        paths: [{ prefix: "hr", secrecy: ["private:hr"], integrity: [], writable: false }],
        default: { ...AGENT, writable: false },
      }),
    });
  });

  it.each(["strict", "filter", "propagate"])("takes the mode %s", (mode) => {
    expect(freshGuard().answer("label_agent", document({ mode })).difc_mode).toBe(mode);
  });

  it("understands its own normalized policy in the same way", () => {
    const paths = [HR, secret("."), secret("a/b/"), secret("/"), secret('/quo"te', 'tag "quoted" \\ é')];
    const first = freshGuard().answer("label_agent", document({ paths, default: OPEN }));
    expect(freshGuard().answer("label_agent", first.normalized_policy)).toEqual(first);
  });

  it("never calls the backend, so that it can be repeated", () => {
    const guard = filesystemGuard(policy([secret("hr", "private:hr")]));
    expect(guard.backendCalls).toBe(0);
  });

  it("decodes escapes and surrogate pairs", () => {
    const text = JSON.stringify(document({ paths: [secret("/data/x", "tag 😀")] }))
      .replace("😀", "\\ud83d\\ude00")
      .replace("/data/x", "\\u002fdata\\/x");
    const guard = freshGuard();
    guard.answer("label_agent", text);
    expect(secrecyOf(guard, "/data/x/y")).toEqual(["tag 😀"]);
  });

  it("takes as many names as fit into 256 KiB", () => {
    const deep = "/a".repeat(127);
    const paths = Array.from({ length: 750 }, (_, i) => ({
      prefix: `/${i}${deep}`,
      secrecy: ["a"],
      integrity: [],
    }));
    const guard = filesystemGuard(document({ paths }));
    expect(secrecyOf(guard, `/749${deep}/x`)).toEqual(["a"]);
  });

  it("takes 1,024 prefixes and 511 tags of the policy's own", () => {
    const paths = Array.from({ length: 1024 }, (_, i) => secret(`/data/${i}`, `tag:${i % 511}`));
    const guard = filesystemGuard(document({ paths, agent: { secrecy: [], integrity: [] } }));
    expect(secrecyOf(guard, "/data/1023/x")).toEqual([`tag:${1023 % 511}`]);
  });
});

describe("a policy that is refused", () => {
  const prefix = (text: string) => document({ paths: [{ ...HR, prefix: text }] });
  const tag = (text: string) => document({ agent: { secrecy: [text], integrity: [] } });

  it.each<[string, unknown, string]>([
    ["no JSON", "nonsense", "an object is expected"],
    ["no object", [], "an object is expected"],
    ["nothing in it", {}, "filesystem: missing"],
    ["text after its end", `${JSON.stringify(document({}))} x`, "text after the end of the document"],
    ["an envelope", { policy: document({}) }, 'top level: unknown key "policy"'],
    ["a misspelt section", document({ pathes: [] }), 'filesystem: unknown key "pathes"'],
    [
      "a misspelt key of the agent",
      document({ agent: { ...AGENT, x: 1 } }),
      'filesystem.agent: unknown key "x"',
    ],
    [
      "a writable agent",
      document({ agent: { ...AGENT, writable: true } }),
      'filesystem.agent: unknown key "writable"',
    ],
    [
      "a misspelt key of a path",
      document({ paths: [HR, { ...HR, wriatble: true }] }),
      'filesystem.paths[1]: unknown key "wriatble"',
    ],
    ["a prefix in the default", document({ default: HR }), 'filesystem.default: unknown key "prefix"'],
    ["no mode", { filesystem: { agent: AGENT, paths: [] } }, "filesystem.mode: missing"],
    ["no agent", { filesystem: { mode: "filter", paths: [] } }, "filesystem.agent: missing"],
    ["no paths", { filesystem: { mode: "filter", agent: AGENT } }, "filesystem.paths: missing"],
    [
      "another mode",
      document({ mode: "Filter" }),
      'filesystem.mode: must be "strict", "filter" or "propagate"',
    ],
    [
      "no secrecy",
      document({ paths: [{ prefix: "/x", integrity: [] }] }),
      "filesystem.paths[0]: secrecy is missing",
    ],
    ["no integrity", document({ default: { secrecy: [] } }), "filesystem.default: integrity is missing"],
    ["no prefix", document({ paths: [AGENT] }), "filesystem.paths[0]: prefix is missing"],
    ["tags that are no list", document({ agent: { secrecy: "x", integrity: [] } }), "an array is expected"],
    ["a tag that is no text", document({ agent: { secrecy: [1], integrity: [] } }), "a string is expected"],
    [
      "writable that is no boolean",
      document({ paths: [{ ...HR, writable: 1 }] }),
      "true or false is expected",
    ],
    ["an empty prefix", prefix(""), "filesystem.paths[0]: prefix must be a path"],
    ["a prefix with ..", prefix("/data/../hr"), 'prefix holds the name "." or ".."'],
    ["a prefix with .", prefix("./hr"), 'prefix holds the name "." or ".."'],
    ["a prefix with //", prefix("/data//hr"), "prefix holds an empty name"],
    ["a prefix with two slashes at the end", prefix("/data//"), "prefix holds an empty name"],
    ["a prefix with a backslash", prefix("C:\\hr"), "prefix holds a backslash"],
    ["a prefix with a line break", prefix("/a\nb"), "prefix holds a control character"],
    ["a prefix at home", prefix("~/hr"), "prefix begins with a tilde"],
    ["a prefix that is too long", prefix(`/${"x".repeat(1024)}`), "prefix is longer than 1024 bytes"],
    ["a prefix that is too deep", prefix("/a".repeat(129)), "prefix has more than 128 names"],
    ["a prefix twice", document({ paths: [HR, HR] }), "filesystem.paths[1]: prefix is given twice"],
    [
      "a prefix twice, once with a slash",
      document({ paths: [HR, { ...HR, prefix: "/data/hr/" }] }),
      "prefix is given twice",
    ],
    [
      "a prefix in two cases",
      document({ paths: [HR, { ...HR, prefix: "/data/HR/x" }] }),
      "some file systems take for a name in another one",
    ],
    [
      "a prefix in two normal forms",
      document({ paths: [secret("é".normalize("NFC")), secret("é".normalize("NFD"))] }),
      "some file systems take",
    ],
    [
      "too many prefixes",
      document({ paths: Array.from({ length: 1025 }, (_, i) => secret(`/${i}`)) }),
      "filesystem.paths: more than 1024 entries",
    ],
    ["an empty tag", tag(""), "must be a text that is not empty, in filesystem.agent"],
    ["the tag for all", tag("*"), 'tag "*" stands for every tag'],
    ["a tag of the guard's own", tag("filesystem:read-only"), 'begins with "filesystem:"'],
    ["a tag with a blank around", tag(" x"), "begins or ends with a blank"],
    ["a tag with a line break", tag("a\nb"), "holds a control character"],
    ["a tag that is too long", tag("x".repeat(257)), "is longer than 256 bytes"],
    [
      "a tag twice",
      document({ agent: { secrecy: ["a", "a"], integrity: [] } }),
      'tag "a" is given twice, in filesystem.agent',
    ],
    ["too many tags", tags(512), "more than 512 different tags"],
    ["more than 256 KiB", document({ paths: [], mode: "x".repeat(262_144) }), "larger than 256 KiB"],
  ])("has %s", (_, input, reason) => {
    const guard = freshGuard();
    const answer = guard.answer("label_agent", input);
    expect(answer.success).toBe(false);
    expect(answer.error).toMatch(/^policy refused: /);
    expect(answer.error).toContain(reason);
    expect(guard.logs).toEqual([`3 ${answer.error}`]);
    expect(guard.run("label_resource", { tool_name: "read_file", tool_args: { path: "/" } }).code).toBe(
      NO_POLICY,
    );
  });

  it.each(["mode", "agent", "paths", "filesystem"])("gives %s twice", (key) => {
    const values: Record<string, unknown> = { mode: "filter", agent: AGENT, paths: [] };
    const inner = JSON.stringify({ ...values, default: AGENT }).slice(1, -1);
    const text =
      key === "filesystem"
        ? `{"filesystem":{${inner}},"filesystem":{${inner}}}`
        : `{"filesystem":{${inner},"${key}":${JSON.stringify(values[key])}}}`;
    expect(freshGuard().answer("label_agent", text).error).toContain("given twice");
  });

  it("puts nothing into the log that could forge a line of it", () => {
    const guard = freshGuard();
    guard.answer("label_agent", { 'x"\n3 forged\u2028': 1 });
    expect(guard.logs).toEqual(['3 policy refused: top level: unknown key "x\\?\\n3 forged???"']);
  });

  it("answers with its code alone where the reason does not fit", () => {
    expect(freshGuard().run("label_agent", {}, 8).code).toBe(-4);
  });
});

describe("a second policy", () => {
  it("replaces the first one", () => {
    const guard = filesystemGuard(policy([secret("/data", "old")]));
    guard.answer("label_agent", policy([secret("/data", "new")]));
    expect(secrecyOf(guard, "/data/x")).toEqual(["new"]);
  });

  it("changes nothing if it is refused", () => {
    const guard = filesystemGuard(policy([secret("/data", "old")]));
    guard.answer("label_agent", policy([secret("/data", "*")]));
    expect(secrecyOf(guard, "/data/x")).toEqual(["old"]);
  });

  it("changes nothing if its answer does not fit", () => {
    const guard = filesystemGuard(policy([secret("/data", "old")]));
    expect(guard.run("label_agent", policy([secret("/data", "new")]), 64).code).toBe(-2);
    expect(secrecyOf(guard, "/data/x")).toEqual(["old"]);
  });
});

it("refuses to label before the first policy", () => {
  const guard = freshGuard();
  expect(refusal(guard, "read_file", { path: "/" })).toEqual([
    NO_POLICY,
    "3 no policy: label_agent comes first",
  ]);
  expect(guard.run("label_response", { tool_name: "read_file" }).code).toBe(NO_POLICY);
});

it("keeps what no policy can name from everybody who is not told otherwise", () => {
  const guard = filesystemGuard(policy([secret("/data/hr", "private:hr")], null));
  expect(resource(guard, "read_file", { path: "/data/other" }).secrecy).toEqual([
    "filesystem:unlisted",
    "private:hr",
  ]);
});

function tags(count: number): object {
  return document({ agent: { secrecy: Array.from({ length: count }, (_, i) => `t${i}`), integrity: [] } });
}
