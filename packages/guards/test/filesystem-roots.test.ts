import { describe, expect, it } from "vitest";
import {
  allowedDirectories,
  BACKEND,
  filesystemGuard,
  policy,
  refusal,
  resource,
  response,
  secrecyOf,
  secret,
  textResult,
} from "./filesystem-guard.js";
import type { Backend } from "./raw-guard.js";

const HR = secret("hr", "hr");

describe("relative prefixes", () => {
  it("lie in every allowed directory", () => {
    const guard = filesystemGuard(policy([HR, secret(".", "root")]), allowedDirectories("/a", "/b/c"));
    expect(secrecyOf(guard, "/a/hr/x")).toEqual(["hr"]);
    expect(secrecyOf(guard, "/b/c/hr/x")).toEqual(["hr"]);
    expect(secrecyOf(guard, "/a/x")).toEqual(["root"]);
    expect(secrecyOf(guard, "/b/c")).toEqual(["root"]);
  });

  it("work below the root of the file system", () => {
    const guard = filesystemGuard(policy([HR]), allowedDirectories("/"));
    expect(secrecyOf(guard, "/hr")).toEqual(["hr"]);
    expect(secrecyOf(guard, "hr")).toEqual(["hr"]);
    expect(secrecyOf(guard, "/x")).toEqual([]);
  });

  it("lie once in a directory that is listed twice", () => {
    const guard = filesystemGuard(policy([HR]), allowedDirectories("/a", "/b", "/a"));
    expect(secrecyOf(guard, "/a/hr/x")).toEqual(["hr"]);
  });

  it("stand beside absolute ones", () => {
    const guard = filesystemGuard(policy([HR, secret("/a/hr/top", "top")]), allowedDirectories("/a"));
    expect(secrecyOf(guard, "/a/hr/top/x")).toEqual(["top"]);
    expect(secrecyOf(guard, "/a/hr/x")).toEqual(["hr"]);
  });

  it("are refused where they turn out to be another one", () => {
    for (const other of ["/a/hr", "/a/HR", "/a/HR/x"]) {
      const guard = filesystemGuard(policy([HR, secret(other, "x")]), allowedDirectories("/a"));
      const [code, log] = refusal(guard, "read_file", { path: "/a/x" });
      expect([code, log]).toEqual([BACKEND, expect.stringContaining("make two prefixes of the policy one")]);
    }
  });
});

describe("the backend is asked for the allowed directories", () => {
  it("once, by the first call that needs them", () => {
    const guard = filesystemGuard(policy([HR]), allowedDirectories("/a"));
    expect(guard.backendCalls).toBe(0);
    secrecyOf(guard, "/a/x");
    secrecyOf(guard, "y");
    response(guard, "read_file", { path: "z" }, textResult(""));
    expect(guard.backendCalls).toBe(1);
  });

  it("by label_response as well", () => {
    const guard = filesystemGuard(policy([HR]), allowedDirectories("/a"));
    response(guard, "read_file", { path: "hr" }, textResult(""));
    expect(guard.backendCalls).toBe(1);
  });

  it("with its name and an empty object", () => {
    const calls: unknown[] = [];
    const guard = filesystemGuard(policy([HR]), (tool, args) => {
      calls.push([tool, args]);
      return textResult("Allowed directories:\n/a");
    });
    secrecyOf(guard, "/a/x");
    expect(calls).toEqual([["list_allowed_directories", {}]]);
  });

  it("not for absolute prefixes and absolute paths", () => {
    const guard = filesystemGuard(policy([secret("/a/hr", "hr")]));
    expect(secrecyOf(guard, "/a/hr/x")).toEqual(["hr"]);
    expect(guard.backendCalls).toBe(0);
  });

  it("again under a new policy", () => {
    let root = "/a";
    const guard = filesystemGuard(policy([HR]), () => textResult(`Allowed directories:\n${root}`));
    expect(secrecyOf(guard, "hr")).toEqual(["hr"]);
    root = "/b";
    guard.answer("label_agent", policy([HR]));
    expect(secrecyOf(guard, "/b/hr")).toEqual(["hr"]);
    expect(guard.backendCalls).toBe(2);
  });

  it("again with a larger buffer", () => {
    const many = Array.from({ length: 60 }, (_, i) => `/${"x".repeat(1000)}/${i}`);
    const guard = filesystemGuard(policy([HR]), allowedDirectories(...many));
    expect(secrecyOf(guard, `${many[59]}/hr`)).toEqual(["hr"]);
    expect(guard.backendCalls).toBe(2);
  });

  it("again after a failure", () => {
    let up = false;
    const guard = filesystemGuard(policy([HR]), () => {
      if (!up) throw new Error("down");
      return textResult("Allowed directories:\n/a");
    });
    expect(refusal(guard, "read_file", { path: "/a/hr" })[0]).toBe(BACKEND);
    up = true;
    expect(secrecyOf(guard, "/a/hr")).toEqual(["hr"]);
  });
});

describe("nothing is labelled if the backend", () => {
  const refused = (backend: Backend | undefined) => {
    const guard = filesystemGuard(policy([HR]), backend);
    const codes = [
      refusal(guard, "read_file", { path: "/a/x" })[0],
      refusal(guard, "list_allowed_directories", {})[0],
      guard.run("label_response", { tool_name: "read_file", tool_args: { path: "/a" }, tool_result: {} })
        .code,
    ];
    expect(new Set(codes)).toEqual(new Set([BACKEND]));
    return guard.logs.at(-1);
  };
  const not = "3 the backend's answer to list_allowed_directories is not understood";

  it("is not there", () => {
    expect(refused(undefined)).toContain("let the guard call it");
  });

  it("answers more than a mebibyte", () => {
    expect(refused(() => textResult(`Allowed directories:\n/${"x".repeat(1 << 20)}`))).toContain(
      "does not answer",
    );
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["no content", { structuredContent: { content: "Allowed directories:\n/a" } }],
    ["an error", { ...(textResult("Allowed directories:\n/a") as object), isError: true }],
    ["no block", { content: [] }],
    ["two blocks", { content: [1, 2].map(() => ({ type: "text", text: "Allowed directories:\n/a" })) }],
    ["another kind of block", { content: [{ type: "image", text: "Allowed directories:\n/a" }] }],
    ["a block without a kind", { content: [{ text: "Allowed directories:\n/a" }] }],
    ["broken JSON", '{"content":[{"type":"text","text":"Allowed directories:\\n/a"}]'],
    ["a lone surrogate", '{"content":[{"type":"text","text":"Allowed directories:\\n/\\ud800"}]}'],
    ["another heading", textResult("Directories:\n/a")],
    ["no directory", textResult("Allowed directories:")],
    ["an empty line", textResult("Allowed directories:\n")],
    ["a line that is no path", textResult("Allowed directories:\n/a\nb")],
    ["a path of Windows", textResult("Allowed directories:\nC:\\data")],
    ["a path that is not normal", textResult("Allowed directories:\n/a/../b")],
    ["a path with a slash at the end", textResult("Allowed directories:\n/a/")],
    ["a path with two slashes", textResult("Allowed directories:\n/a//b")],
    ["a path that is too deep", textResult(`Allowed directories:\n${"/a".repeat(129)}`)],
    ["a path that is too long", textResult(`Allowed directories:\n/${"a".repeat(4096)}`)],
    [
      "too many directories",
      textResult(`Allowed directories:\n${Array.from({ length: 65 }, (_, i) => `/${i}`).join("\n")}`),
    ],
    ["a flood of lines", textResult(`Allowed directories:${"\n/".repeat(100_000)}`)],
  ])("answers %s", (_, answer) => {
    expect(refused(() => answer)).toBe(not);
  });
});

it("needs the allowed directories for a relative path even without relative prefixes", () => {
  const guard = filesystemGuard(policy([secret("/a/hr", "hr")]), allowedDirectories("/a"));
  expect(secrecyOf(guard, "hr/x")).toEqual(["hr"]);
  expect(refusal(filesystemGuard(policy([])), "read_file", { path: "hr/x" })[0]).toBe(BACKEND);
});

it("labels the names of the allowed directories by their paths", () => {
  const guard = filesystemGuard(
    policy([secret("/a", "a"), secret("/b", "b")]),
    allowedDirectories("/a/x", "/b", "/c"),
  );
  expect(resource(guard, "list_allowed_directories", {}).secrecy).toEqual(["a", "b"]);
});
