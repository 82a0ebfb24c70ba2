import { posix } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allowedDirectories,
  filesystemGuard,
  PATH,
  policy,
  refusal,
  resource,
  secrecyOf,
  secret,
  underPolicy,
  unrepeatedGuard,
} from "./filesystem-guard.js";

const guard = filesystemGuard(
  policy([secret("/data/hr", "hr"), secret("/data/été", "summer"), secret("/data/Straße", "street")]),
  allowedDirectories("/data", "/srv/more"),
);

describe("a path is made normal", () => {
  it.each([
    "/data/hr/",
    "/data/hr///",
    "//data//hr//x",
    "/data/./hr/./x",
    "/./data/hr",
    "/data/public/../hr/x",
    "/data/hr/../hr/x",
    "/data/public/deep/../../hr",
    "/../../data/hr",
    "/data/hr/x/..",
  ])("%s lies in /data/hr", (path) => {
    expect(secrecyOf(guard, path)).toEqual(["hr"]);
  });

  it.each([
    "/data/hr/..",
    "/data/hr/../x",
    "/data/hr/../../data/x",
    "/data/...hr/x",
    "/data/%68r/x",
    "/data/hr%2fx",
    "/data/hr%00",
    "/data/public/%2e%2e/hr",
    "/data/hr:x",
    "/data/ hr",
    "/data/h*",
    "/data/hr?x",
    '/data/"hr"',
  ])("%s does not", (path) => {
    expect(secrecyOf(guard, path)).toEqual([]);
  });

  it("as Node does it", () => {
    const name = fc.constantFrom("hr", "data", "x", ".", "..", "", "...", "a b");
    fc.assert(
      fc.property(fc.array(name, { maxLength: 8 }), (names) => {
        const path = `/${names.join("/")}`;
        const expected = `${posix.resolve(path)}/`.startsWith("/data/hr/") ? ["hr"] : [];
        expect(secrecyOf(guard, path)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a relative path", () => {
  it("lies in the first allowed directory", () => {
    for (const path of ["hr", "hr/x", "./hr", "x/../hr", "hr/", "file:/../hr", "~x/../hr", " /../hr"]) {
      expect(secrecyOf(guard, path)).toEqual(["hr"]);
    }
    for (const path of ["", ".", "data/hr", "hr2", "hr/..", "%68r"])
      expect(secrecyOf(guard, path)).toEqual([]);
  });

  it.each(["..", "../hr", "x/../../data/hr", "../data/hr", "../srv/more/x"])(
    "that leads out, such as %s, is refused",
    (path) => {
      expect(refusal(guard, "read_file", { path })).toEqual([
        PATH,
        "3 path refused: path leads out of the allowed directory",
      ]);
    },
  );
});

describe("a path is refused that", () => {
  it.each<[string, string, string]>([
    ["holds NUL", "/data/public\0/../hr", "holds a control character"],
    ["holds a line break", "/data/x\n/data/y", "holds a control character"],
    ["holds DEL", "/data/\x7f", "holds a control character"],
    ["holds a backslash", "/data/public\\..\\hr", "holds a backslash"],
    ["is at home", "~", "holds a tilde as a name"],
    ["is below home", "~/data/hr", "holds a tilde as a name"],
    ["becomes home when it is made normal", "./~", "holds a tilde as a name"],
    ["becomes home where names are added", "x/../~//", "holds a tilde as a name"],
    ["holds a name like home", "/data/~/x", "holds a tilde as a name"],
    ["has a drive", "C:/data/hr", "begins with a drive letter"],
    ["is a drive", "z:", "begins with a drive letter"],
    ["is too long", `/${"x".repeat(4096)}`, "is longer than 4096 bytes"],
    ["is much too long", `/${"\u00e9".repeat(100_000)}`, "is longer than 4096 bytes"],
  ])("%s", (_, path, reason) => {
    const [code, log] = refusal(guard, "write_file", { path });
    expect([code, log]).toEqual([PATH, expect.stringContaining(`path refused: path ${reason}`)]);
  });

  it("holds a lone surrogate", () => {
    for (const text of ['"/data/\\ud800"', '"/data/\\udc00\\ud800"', '"/data/\\ud800\\u0041"']) {
      const { code } = guard.run("label_resource", `{"tool_name":"read_file","tool_args":{"path":${text}}}`);
      expect([code, guard.logs.at(-1)]).toEqual([PATH, "3 path refused: path is not valid Unicode"]);
    }
  });

  it("is one of several, and the log names the argument but not its value", () => {
    const [, log] = refusal(guard, "move_file", { source: "/data/x", destination: "~/secret-name" });
    expect(log).toBe(
      "3 path refused: destination holds a tilde as a name; the server's home directory is not known",
    );
    expect(refusal(guard, "read_multiple_files", { paths: ["/data/x", "~"] })[0]).toBe(PATH);
  });
});

it("takes a path of 4,096 bytes", () => {
  expect(secrecyOf(guard, `/data/hr/${"x".repeat(4087)}`)).toEqual(["hr"]);
  expect(secrecyOf(guard, `hr/${"x".repeat(4093)}`)).toEqual(["hr"]);
});

it("gives the strictest label outside of the allowed directories, if the policy has relative prefixes", () => {
  const under = filesystemGuard(policy([secret("hr", "hr")]), allowedDirectories("/data"));
  expect(secrecyOf(under, "/data/x")).toEqual([]);
  for (const path of ["/", "/datax", "/dat", "/etc/passwd"]) {
    expect(resource(under, "read_file", { path })).toEqual({
      secrecy: ["filesystem:unlisted", "hr"],
      integrity: [],
      operation: "read",
    });
    expect(resource(under, "write_file", { path }).integrity).toEqual(["filesystem:read-only"]);
  }
});

it("labels a path alike before and after it has learnt the allowed directories", () => {
  const under = filesystemGuard(policy([secret("/data/hr", "hr")]), allowedDirectories("/data"));
  const before = resource(under, "write_file", { path: "/elsewhere" });
  expect(secrecyOf(under, "hr")).toEqual(["hr"]);
  expect(under.backendCalls).toBe(1);
  expect(resource(under, "write_file", { path: "/elsewhere" })).toEqual(before);
});

describe("a name that some file system takes for a prefix", () => {
  it.each([
    ["/data/HR/x", "hr"],
    ["/DATA/hR", "hr"],
    ["/data/hr./x", "hr"],
    ["/data/hr .. ", "hr"],
    ["/data/h\u200br", "hr"],
    ["/data/\ufeffhr", "hr"],
    ["/data/ÉTÉ/x", "summer"],
    ["/data/été".normalize("NFD"), "summer"],
    ["/data/ete", "summer"],
    ["/data/STRASSE", "street"],
    ["/data/stra\u1e9ee", "street"],
    ["/data/\u017ftrasse", "street"],
  ])("%s gets its labels on top, and is for nobody to write", (path, tag) => {
    expect(secrecyOf(guard, path)).toEqual([tag]);
    expect(resource(guard, "write_file", { path }).integrity).toEqual(["filesystem:read-only"]);
  });

  it.each([
    "/data/été2",
    "/data/et",
    "/data/人事",
    "/data/отчёт",
    "/data/Strase",
    "/data/h",
    "/data/hhr",
    "/data/\u0431\u0433",
  ])("is not %s", (path) => {
    expect(resource(guard, "write_file", { path })).toEqual({
      secrecy: [],
      integrity: [],
      operation: "write",
    });
  });

  it("joins all that it may be, and leaves out what the longest certain prefix covers", () => {
    const under = filesystemGuard(policy([secret("/a", "a"), secret("/c/D", "cd"), secret("/c", "c")]));
    expect(secrecyOf(under, "/A/x")).toEqual(["a"]);
    expect(secrecyOf(under, "/c/d/x")).toEqual(["c", "cd"]);
    expect(secrecyOf(under, "/C/d/x")).toEqual(["c", "cd"]);
    expect(secrecyOf(under, "/c/D/x")).toEqual(["cd"]);
  });

  it("has the entries of what it may be", () => {
    expect(resource(guard, "list_directory", { path: "/DATA" }).secrecy).toEqual(["hr", "street", "summer"]);
    expect(resource(guard, "search_files", { path: "/Data" }).secrecy).toEqual(["hr", "street", "summer"]);
  });
});

/** Spellings that lead to one entry on macOS, on Windows, or through the server's own look-up. */
function spellings(name: string): string[] {
  const forms = ["NFC", "NFD"].map((form) => name.normalize(form));
  return forms.flatMap((form) => [
    form,
    form.toUpperCase(),
    form.toLowerCase(),
    form.toUpperCase().toLowerCase(),
  ]);
}

it("finds every character of Unicode in each of its cases and normal forms", () => {
  const missed: string[] = [];
  // One tree of prefixes serves a block: names differ in their number, so that they are no spellings of each other.
  for (let block = 0xa0; block < 0x110000; block += 500) {
    const names: string[] = [];
    for (let code = block; code < block + 500; code++) {
      if ((code >= 0xd800 && code < 0xe000) || code > 0x10ffff) continue;
      const character = String.fromCodePoint(code);
      if (new Set(spellings(character)).size === 1) continue;
      names.push(`${names.length}${character}x`);
    }
    if (names.length === 0) continue;
    const under = underPolicy(
      unrepeatedGuard(),
      policy(names.map((name) => secret(`/${name}`, `t:${name}`))),
    );
    for (const name of names) {
      for (const spelling of spellings(name)) {
        if (!secrecyOf(under, `/${spelling}`).includes(`t:${name}`)) missed.push(`${name} as ${spelling}`);
      }
    }
  }
  expect(missed).toEqual([]);
});
