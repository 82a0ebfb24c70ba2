import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allowedDirectories,
  filesystemGuard,
  OPEN,
  PATH,
  policy,
  refusal,
  resource,
  secrecyOf,
  secret,
  UNLISTED,
} from "./filesystem-guard.js";

const HR = { prefix: "/data/hr", secrecy: ["private:hr"], integrity: ["approved"], writable: true };
const SRC = { prefix: "/data/src", secrecy: [], integrity: ["approved", "reviewed"], writable: true };
const LOG = { prefix: "/data/log", secrecy: ["private:ops"], integrity: [], writable: false };
const guard = filesystemGuard(policy([HR, SRC, LOG]), allowedDirectories("/data"));

const hr = { secrecy: ["private:hr"], integrity: ["approved"] };

describe("operations", () => {
  it.each([
    ["read_file", "read"],
    ["read_text_file", "read"],
    ["read_media_file", "read"],
    ["get_file_info", "read"],
    ["list_directory", "read"],
    ["list_directory_with_sizes", "read"],
    ["directory_tree", "read"],
    ["search_files", "read"],
    ["write_file", "write"],
    ["create_directory", "write"],
    ["edit_file", "read-write"],
  ])("%s is a %s of its path", (tool, operation) => {
    expect(resource(guard, tool, { path: "/data/hr/x" })).toEqual({ ...hr, operation });
  });

  it("read_multiple_files joins its paths: all secrecy, common integrity", () => {
    const paths = ["/data/hr/a", "/data/src/b", "/data/hr/c"];
    expect(resource(guard, "read_multiple_files", { paths })).toEqual({ ...hr, operation: "read" });
    expect(resource(guard, "read_multiple_files", { paths: [...paths, "/data/log/x"] })).toEqual({
      secrecy: ["private:hr", "private:ops"],
      integrity: [],
      operation: "read",
    });
  });

  it("move_file is a read-write", () => {
    const args = { source: "/data/hr/a", destination: "/data/hr/b" };
    expect(resource(guard, "move_file", args)).toEqual({ ...hr, operation: "read-write" });
  });

  it("list_allowed_directories carries the labels of the directories", () => {
    const roots = filesystemGuard(policy([HR, SRC]), allowedDirectories("/data/hr", "/data/src"));
    expect(resource(roots, "list_allowed_directories", null)).toEqual({ ...hr, operation: "read" });
  });

  it("an unknown tool demands all clearances, and a trust that nobody has", () => {
    const verdict = {
      secrecy: [UNLISTED, "private:hr", "private:ops"],
      integrity: ["filesystem:unknown-tool"],
      operation: "write",
    };
    expect(resource(guard, "delete_file", { path: "/data/src/x" })).toEqual(verdict);
    expect(resource(guard, "Read_File", { path: "/data/src/x" })).toEqual(verdict);
    expect(resource(guard, "", null)).toEqual(verdict);
  });

  it("tells the tool and nothing else in the description", () => {
    const describe = (tool_name: string) =>
      guard.answer("label_resource", { tool_name, tool_args: { path: "/data/hr/x" } }).resource.description;
    expect(describe("get_file_info")).toBe("get_file_info");
    expect(describe("rm -rf")).toBe("unknown tool");
  });

  it("knows a tool however its name is escaped", () => {
    const text = '{"tool_args":{"pa\\u0074h":"/data/hr"},"tool_name":"write\\u005ffile"}';
    expect(guard.answer("label_resource", text).operation).toBe("write");
  });
});

describe("prefixes", () => {
  it("end at the end of a name", () => {
    expect(secrecyOf(guard, "/data/hr")).toEqual(["private:hr"]);
    expect(secrecyOf(guard, "/data/hr/deep/er")).toEqual(["private:hr"]);
    expect(secrecyOf(guard, "/data/hr2")).toEqual([]);
    expect(secrecyOf(guard, "/data/h")).toEqual([]);
    expect(secrecyOf(guard, "/data")).toEqual([]);
    expect(secrecyOf(guard, "/other/data/hr")).toEqual([]);
  });

  it("match the longest one, not all of them", () => {
    const nested = filesystemGuard(policy([secret("/", "top"), secret("/a/b", "b"), secret("/a", "a")]));
    expect(secrecyOf(nested, "/")).toEqual(["top"]);
    expect(secrecyOf(nested, "/a/x")).toEqual(["a"]);
    expect(secrecyOf(nested, "/a/b/x")).toEqual(["b"]);
  });

  it("find the same as a comparison of texts", () => {
    const name = fc.constantFrom("a", "b", "ab", "c.d", "...");
    const path = fc.array(name, { maxLength: 5 }).map((names) => `/${names.join("/")}`);
    fc.assert(
      fc.property(
        fc.uniqueArray(path, { maxLength: 8 }),
        fc.array(path, { minLength: 1 }),
        (prefixes, paths) => {
          const under = filesystemGuard(policy(prefixes.map((prefix) => secret(prefix, prefix))));
          for (const asked of paths) {
            const covers = (prefix: string) => `${asked}/`.startsWith(prefix === "/" ? "/" : `${prefix}/`);
            const longest = prefixes.filter(covers).sort((a, b) => b.length - a.length)[0];
            expect(secrecyOf(under, asked)).toEqual(longest === undefined ? [] : [longest]);
          }
        },
      ),
    );
  });
});

describe("writing", () => {
  it("demands an integrity that nobody has where the policy forbids it", () => {
    for (const tool of ["write_file", "create_directory", "edit_file"]) {
      expect(resource(guard, tool, { path: "/data/log/x" }).integrity).toEqual(["filesystem:read-only"]);
    }
    expect(resource(guard, "read_file", { path: "/data/log/x" }).integrity).toEqual([]);
  });

  it("is forbidden unless the policy allows it", () => {
    const closed = filesystemGuard(policy([{ prefix: "/data", secrecy: [], integrity: ["approved"] }], null));
    expect(resource(closed, "write_file", { path: "/data/x" }).integrity).toEqual([
      "approved",
      "filesystem:read-only",
    ]);
    expect(resource(closed, "write_file", { path: "/x" }).integrity).toEqual(["filesystem:read-only"]);
  });

  it("rehearses an edit as an edit", () => {
    const dry = { path: "/data/log/x", dryRun: true, edits: [] };
    expect(resource(guard, "edit_file", dry).operation).toBe("read-write");
    expect(resource(guard, "edit_file", dry).integrity).toEqual(["filesystem:read-only"]);
  });
});

describe("moving", () => {
  const integrity = (source: string, destination: string) =>
    resource(guard, "move_file", { source, destination }).integrity;

  it("is for nobody where labels differ, in either direction", () => {
    expect(integrity("/data/hr/x", "/data/y")).toContain("filesystem:relabelling");
    expect(integrity("/data/x", "/data/hr/y")).toContain("filesystem:relabelling");
    expect(integrity("/data/x", "/data/src/y")).toContain("filesystem:relabelling");
  });

  it("is for nobody where a prefix lies below, which would stay behind or take hold", () => {
    expect(integrity("/data", "/moved")).toContain("filesystem:relabelling");
    expect(integrity("/moved", "/data")).toContain("filesystem:relabelling");
    expect(integrity("/DATA", "/moved")).toContain("filesystem:relabelling");
  });

  it("is for nobody where a prefix lies below, even if everything carries the same labels", () => {
    const alike = filesystemGuard(policy([secret("/a/x", "s"), secret("/b/x", "s")]));
    const verdict = resource(alike, "move_file", { source: "/a", destination: "/b" });
    expect(verdict).toEqual({
      secrecy: ["s"],
      integrity: ["filesystem:relabelling"],
      operation: "read-write",
    });
  });

  it("is for nobody where either side is read-only", () => {
    expect(integrity("/data/log/x", "/data/log/y")).toEqual(["filesystem:read-only"]);
    expect(integrity("/data/log/x", "/data/y")).toContain("filesystem:read-only");
    expect(integrity("/data/y", "/data/log/x")).toContain("filesystem:read-only");
  });

  it("is free of the guard's demands between places of one label", () => {
    expect(integrity("/data/x", "/data/y")).toEqual([]);
    expect(integrity("/data/hr/x", "/data/hr/y")).toEqual(["approved"]);
  });
});

describe("directories", () => {
  const verdict = (tool: string, path: string) => resource(guard, tool, { path });

  it("carry the labels of everything below when a tool answers about all of it", () => {
    for (const tool of ["directory_tree", "search_files"]) {
      expect(verdict(tool, "/").secrecy).toEqual(["private:hr", "private:ops"]);
      expect(verdict(tool, "/data")).toEqual({
        secrecy: ["private:hr", "private:ops"],
        integrity: [],
        operation: "read",
      });
      expect(verdict(tool, "/data/hr")).toEqual({ ...hr, operation: "read" });
    }
  });

  it("carry the labels of their entries when a tool lists them", () => {
    for (const tool of ["list_directory", "list_directory_with_sizes"]) {
      expect(verdict(tool, "/").secrecy).toEqual([]);
      expect(verdict(tool, "/data").secrecy).toEqual(["private:hr", "private:ops"]);
      expect(verdict(tool, "/data/hr/x")).toEqual({ ...hr, operation: "read" });
    }
  });

  it("are their own when a tool looks at nothing else", () => {
    expect(verdict("get_file_info", "/data").secrecy).toEqual([]);
  });
});

describe("arguments", () => {
  it.each<[string, string, unknown, string]>([
    ["are missing", "read_file", null, "does not have the type that the tool takes"],
    ["are a list", "read_file", ["/data/hr"], "does not have the type that the tool takes"],
    ["are a text", "read_file", "/data/hr", "does not have the type that the tool takes"],
    ["have no path", "read_file", { paths: ["/x"] }, "lacks a path that the tool takes"],
    [
      "have a path that is no text",
      "read_file",
      { path: ["/x"] },
      "an argument that names a path is not a string",
    ],
    ["have a path in another case", "read_file", { Path: "/x" }, "lacks a path that the tool takes"],
    ["have no paths", "read_multiple_files", { paths: [] }, "lacks a path that the tool takes"],
    [
      "have very many paths",
      "read_multiple_files",
      { paths: Array(10_001).fill("/x") },
      "more than 10000 entries",
    ],
    ["have one path where many are due", "read_multiple_files", { paths: "/x" }, "does not have the type"],
    [
      "have a path among many that is no text",
      "read_multiple_files",
      { paths: ["/x", 1] },
      "is not a string",
    ],
    ["have no destination", "move_file", { source: "/x" }, "lacks a path that the tool takes"],
    ["have no source", "move_file", { destination: "/x", path: "/y" }, "lacks a path that the tool takes"],
  ])("that %s are refused", (_, tool, args, reason) => {
    const [code, log] = refusal(guard, tool, args);
    expect([code, log]).toEqual([PATH, expect.stringContaining(reason)]);
  });

  it("that are absent are refused", () => {
    expect(guard.run("label_resource", { tool_name: "read_file" }).code).toBe(PATH);
  });

  it.each(["path", "source"])("that give %s twice are refused", (name) => {
    const tool = name === "path" ? "read_file" : "move_file";
    const args = `{"destination":"/a","${name}":"/data/hr","${name.replace("a", "\\u0061").replace("s", "\\u0073")}":"/x"}`;
    const { code } = guard.run("label_resource", `{"tool_name":"${tool}","tool_args":${args}}`);
    expect([code, guard.logs.at(-1)]).toEqual([PATH, "3 path refused: an argument is given twice"]);
  });

  it("that mean nothing to a label are ignored", () => {
    const args = {
      path: "/data/hr",
      head: 1,
      content: { path: "/x" },
      paths: ["/data/log"],
      source: "/data/log",
    };
    expect(resource(guard, "read_file", args)).toEqual({ ...hr, operation: "read" });
  });
});

it("takes what the policy calls open for open", () => {
  expect(resource(filesystemGuard(policy([], OPEN)), "write_file", { path: "/x" })).toEqual({
    secrecy: [],
    integrity: [],
    operation: "write",
  });
});
