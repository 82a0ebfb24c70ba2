import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allowedDirectories,
  filesystemGuard,
  INPUT,
  OPEN,
  PATH,
  policy,
  response,
  secret,
  textResult,
} from "./filesystem-guard.js";

const HR = { prefix: "/data/hr", secrecy: ["hr"], integrity: ["approved"] };
const DEEP = { prefix: "/data/team/deep", secrecy: ["deep"], integrity: ["approved"] };
const TRUSTED = { ...OPEN, integrity: ["approved"] };
const guard = filesystemGuard(
  policy([HR, DEEP, secret("/data/inbox")], TRUSTED),
  allowedDirectories("/data"),
);

interface Item {
  data: string;
  labels: { secrecy: string[]; integrity: string[] };
}

const whole = (secrecy: string[], integrity: string[]) => ({
  labeled_paths: [],
  default_labels: { secrecy, integrity },
});
const ofHr = whole(["hr"], ["approved"]);
const ofData = whole([], ["approved"]);

describe("one label for the whole answer", () => {
  it.each([
    "read_file",
    "read_text_file",
    "read_media_file",
    "get_file_info",
    "write_file",
    "create_directory",
    "edit_file",
  ])("of %s", (tool) => {
    expect(response(guard, tool, { path: "/data/hr/x" }, textResult("secret"))).toEqual(ofHr);
    expect(response(guard, tool, { path: "/data/x" }, textResult("public"))).toEqual(ofData);
  });

  it("of read_multiple_files, whose text cannot be cut where files end", () => {
    const text = "/data/a:\nx\n\n---\n/data/hr/b:\ny\n";
    const paths = ["/data/a", "/data/hr/b", "/data/inbox/c"];
    expect(response(guard, "read_multiple_files", { paths }, textResult(text))).toEqual(whole(["hr"], []));
  });

  it("of move_file", () => {
    const args = { source: "/data/hr/a", destination: "/data/b" };
    expect(response(guard, "move_file", args, textResult("moved"))).toEqual(ofHr);
  });

  it("of an unknown tool: the strictest", () => {
    const strictest = whole(["filesystem:unlisted", "hr", "deep"], []);
    expect(response(guard, "new_tool", { path: "/data/x" }, textResult("?"))).toEqual(strictest);
  });

  it("of list_allowed_directories, with what the answer itself names", () => {
    const answer = textResult("Allowed directories:\n/data\n/data/hr");
    expect(response(guard, "list_allowed_directories", {}, answer)).toEqual(ofHr);
  });

  it("whatever the result looks like", () => {
    for (const result of [
      null,
      1,
      "text",
      [],
      {},
      { content: "x" },
      { content: [{ type: "image", data: "" }] },
    ]) {
      expect(response(guard, "read_file", { path: "/data/hr/x" }, result)).toEqual(ofHr);
    }
  });
});

describe.each(["list_directory", "list_directory_with_sizes"])("lines of %s", (tool) => {
  const sized = tool === "list_directory_with_sizes";
  const line = (name: string, directory = false) => {
    const tagged = `${directory ? "[DIR]" : "[FILE]"} ${sized ? name.padEnd(30) : name}`;
    return sized ? `${tagged} ${directory ? "" : "12.50 KB".padStart(10)}` : tagged;
  };
  const sums = sized ? ["", "Total: 1 files, 1 directories", "Combined size: 12.50 KB"] : [];
  const list = (path: string, ...lines: string[]) =>
    response(guard, tool, { path }, textResult([...lines, ...sums].join("\n")));

  it("carry the labels of the entries they name", () => {
    const lines = [line("a b.txt"), line("hr", true), line("inbox", true), line("hr2"), line("team", true)];
    const { items } = list("/data", ...lines) as { items: Item[] };
    expect(items.map((item) => item.data)).toEqual([...lines, ...sums]);
    expect(items.slice(0, 5).map((item) => item.labels)).toEqual([
      { secrecy: [], integrity: ["approved"] },
      { secrecy: ["hr"], integrity: ["approved"] },
      { secrecy: [], integrity: [] },
      { secrecy: [], integrity: ["approved"] },
      { secrecy: [], integrity: ["approved"] },
    ]);
    for (const item of items.slice(5)) expect(item.labels).toEqual({ secrecy: ["hr"], integrity: [] });
  });

  it("carry the label of the directory as well", () => {
    const under = filesystemGuard(policy([secret("/a", "a"), secret("/a/open")]));
    const { items } = response(under, tool, { path: "/a" }, textResult([line("open"), ...sums].join("\n")));
    expect(items[0].labels.secrecy).toEqual(["a"]);
  });

  it("carry the labels of what their names may be", () => {
    const { items } = list("/data", line("HR", true), line("ｈｒ")) as { items: Item[] };
    expect(items.slice(0, 2).map((item) => item.labels.secrecy)).toEqual([["hr"], []]);
  });

  it("are not looked at where no entry has labels of its own", () => {
    expect(list("/data/hr", "nonsense")).toEqual(ofHr);
    expect(list("/data/team/x", line("a"))).toEqual(ofData);
  });

  it("give way to one label for all if one of them is no entry", () => {
    for (const odd of ["nonsense", "[LINK] x", "[FILE]", "[FILE] ", " [DIR] x", line("x".repeat(5000))]) {
      expect(list("/data", line("a"), odd)).toEqual(whole(["hr"], []));
    }
  });

  it("give way to one label for all if there are too many", () => {
    const lines = (count: number) => Array.from({ length: count }, (_, i) => line(`${i}`));
    expect(list("/data", ...lines(49_000)).items.length).toBe(49_000 + sums.length);
    expect(list("/data", ...lines(50_001))).toEqual(whole(["hr"], []));
  });

  it("give way to one label for all in any other answer", () => {
    const text = line("a");
    const block = { type: "text", text };
    const others = [
      textResult(""),
      { content: [] },
      { content: [block, block] },
      { content: [{ ...block, type: "resource" }] },
      { content: [block], isError: true },
      { content: { 0: block } },
      { structuredContent: { content: text } },
      null,
    ];
    const answers = others.map((result) => response(guard, tool, { path: "/data" }, result));
    if (sized) expect(answers.slice(1)).toEqual(answers.slice(1).map(() => whole(["hr"], [])));
    else expect(answers).toEqual(answers.map(() => whole(["hr"], [])));
  });

  it("put together are the text again, whatever the names hold", () => {
    const name = fc
      .string({ unit: "grapheme-composite", minLength: 1, maxLength: 40 })
      .filter((text) => !/[/\0]/.test(text));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 10 }), (names) => {
        const text = [...names.map((entry) => line(entry)), ...sums].join("\n");
        const answer = response(guard, tool, { path: "/data" }, textResult(text));
        if (answer.items === undefined) expect(answer).toEqual(whole(["hr"], []));
        else expect(answer.items.map((item: Item) => item.data).join("\n")).toBe(text);
      }),
    );
  });

  it("are told apart however line feeds are escaped", () => {
    const text = JSON.stringify(textResult([line("a"), line("hr"), ...sums].join("\n"))).replaceAll(
      "\\n",
      "\\u000A",
    );
    const { items } = guard.answer(
      "label_response",
      `{"tool_name":"${tool}","tool_args":{"path":"/data"},"tool_result":${text}}`,
    );
    expect(items.slice(0, 2).map((item: Item) => item.labels.secrecy)).toEqual([[], ["hr"]]);
  });
});

it("labels a line that stands for two because of a line break in a name no lower than the directory", () => {
  const under = filesystemGuard(policy([secret("/a", "a"), secret("/a/open")]));
  const { items } = response(under, "list_directory", { path: "/a" }, textResult("[FILE] x\n[FILE] open"));
  expect(items.map((item: Item) => item.labels.secrecy)).toEqual([["a"], ["a"]]);
});

it.each(["12 B", "0 B", "1.00 KB", "999.99 TB"])("reads a size of %s", (size) => {
  const text = `[FILE] ${"hr".padEnd(30)} ${size.padStart(10)}\n[FILE] ${"hr 1 B".padEnd(30)} ${size.padStart(10)}\n\nTotal`;
  const { items } = response(guard, "list_directory_with_sizes", { path: "/data" }, textResult(text));
  expect(items.map((item: Item) => item.labels.secrecy)).toEqual([["hr"], [], ["hr"], ["hr"]]);
});

describe("directory_tree", () => {
  const tree = (value: unknown, path = "/data") =>
    response(guard, "directory_tree", { path }, textResult(JSON.stringify(value, null, 2)));
  const file = (name: string) => ({ name, type: "file" });

  it("labels each entry with everything that may lie inside", () => {
    const entries = [
      file("a"),
      { name: "hr", type: "directory", children: [file("x")] },
      { name: "team", children: [] },
    ];
    expect(tree(entries)).toEqual({
      labeled_paths: [
        { path: "/0", labels: { secrecy: [], integrity: ["approved"] } },
        { path: "/1", labels: { secrecy: ["hr"], integrity: ["approved"] } },
        { path: "/2", labels: { secrecy: ["deep"], integrity: ["approved"] } },
      ],
      default_labels: { secrecy: ["hr", "deep"], integrity: [] },
    });
  });

  it("labels each entry with the directory as well, whose content its name is", () => {
    const under = filesystemGuard(policy([secret("/a", "a"), secret("/a/open")]));
    const answer = response(
      under,
      "directory_tree",
      { path: "/a" },
      textResult(JSON.stringify([file("open")])),
    );
    expect(answer.labeled_paths[0].labels.secrecy).toEqual(["a"]);
  });

  it("is labelled as a whole where nothing inside has labels of its own", () => {
    expect(tree([file("x")], "/data/hr")).toEqual(ofHr);
  });

  it("is labelled as a whole if it is not such a tree", () => {
    const broken = [
      {},
      [1],
      [{}],
      [{ type: "file" }],
      [{ name: 1 }],
      [{ name: "" }],
      [file("a"), { name: "x".repeat(5000) }],
    ];
    for (const value of broken) expect(tree(value)).toEqual(whole(["hr", "deep"], []));
    for (const text of [
      "",
      "[",
      "nonsense",
      '[{"name":"a","name":"hr"}]',
      '[{"name":"a"}] []',
      `[{"name":"a","children":${"[".repeat(200)}${"]".repeat(200)}}]`,
    ]) {
      expect(response(guard, "directory_tree", { path: "/data" }, textResult(text))).toEqual(
        whole(["hr", "deep"], []),
      );
    }
    expect(tree(Array.from({ length: 50_001 }, () => file("a")))).toEqual(whole(["hr", "deep"], []));
  });

  it("of nothing has no entry to label", () => {
    expect(tree([])).toEqual({
      labeled_paths: [],
      default_labels: { secrecy: ["hr", "deep"], integrity: [] },
    });
  });
});

describe("search_files", () => {
  const search = (path: string, ...lines: string[]) =>
    response(guard, "search_files", { path, pattern: "**" }, textResult(lines.join("\n")));

  /** What each line carries: its path's tags, joined with those of the lines before. */
  const items = (path: string, ...lines: string[]): [string, string[], string[]][] =>
    search(path, ...lines).items.map(({ data, labels }: Item) => [data, labels.secrecy, labels.integrity]);

  it("labels each path it finds", () => {
    expect(items("/data", "/data/a", "/data/team/b", "/data/hr/c", "/data/hr")).toEqual([
      ["/data/a", [], ["approved"]],
      ["/data/team/b", [], ["approved"]],
      ["/data/hr/c", ["hr"], ["approved"]],
      ["/data/hr", ["hr"], ["approved"]],
    ]);
    expect(items("/data/team/", "/data/team/deep", "/data/team/deep/x")).toEqual([
      ["/data/team/deep", ["deep"], ["approved"]],
      ["/data/team/deep/x", ["deep"], ["approved"]],
    ]);
  });

  it("takes what follows a secret path for a part of it: a name may end with a line break", () => {
    expect(items("/data", "/data/x", "/data/hr/fired\n/data/x", "/data/inbox/y", "/data/z")).toEqual([
      ["/data/x", [], ["approved"]],
      ["/data/hr/fired", ["hr"], ["approved"]],
      ["/data/x", ["hr"], ["approved"]],
      ["/data/inbox/y", ["hr"], []],
      ["/data/z", ["hr"], []],
    ]);
  });

  it("puts the items' data together to the text again", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("/data/a", '/data/hr/"b"', "/data/inbox/\\é"), { minLength: 1 }),
        (lines) => {
          expect(items("/data", ...lines).map(([data]) => data)).toEqual(lines);
        },
      ),
    );
  });

  it("carries one label where a line is not a normal path below its directory", () => {
    const odd = [
      "No matches found",
      "",
      "data/a",
      "/data/../data/hr",
      "/data//hr",
      "/data/./hr/a",
      "/data",
      "/data/a/",
    ];
    for (const line of odd) expect(search("/data", "/data/a", line), line).toEqual(whole(["hr", "deep"], []));
  });

  it("carries one label where all below carry the same", () => {
    expect(search("/data/hr", "/data/hr/a")).toEqual(ofHr);
    expect(search("/data/open", "No matches found")).toEqual(ofData);
  });

  it("is not read to the end where too many results lie elsewhere", () => {
    const lines = (count: number) => Array.from({ length: count }, () => "/data/inbox/x");
    expect(search("/data/link", ...lines(50_000))).toEqual(whole([], []));
    expect(search("/data/link", ...lines(50_001))).toEqual(whole(["filesystem:unlisted", "hr", "deep"], []));
  });

  it("carries the labels of where a symbolic link led", () => {
    expect(search("/data/link", "/data/link/a", "/data/hr/a")).toEqual(ofHr);
    expect(search("/data/link", "/data/team/deep/x")).toEqual(whole(["deep"], ["approved"]));
    expect(search("/data/link", "/data/hr")).toEqual(ofHr);
    expect(search("/data/link", `/data/${"x".repeat(5000)}`)).toEqual(
      whole(["filesystem:unlisted", "hr", "deep"], []),
    );
  });
});

describe("an input that is refused", () => {
  it("lacks the result", () => {
    const input = { tool_name: "read_file", tool_args: { path: "/data" } };
    expect(guard.run("label_response", input).code).toBe(INPUT);
  });

  it("lacks the path", () => {
    expect(guard.run("label_response", { tool_name: "read_file", tool_args: {}, tool_result: {} }).code).toBe(
      PATH,
    );
  });
});

it("never logs what a tool answered", () => {
  const under = filesystemGuard(policy([HR]));
  response(under, "list_directory", { path: "/data" }, textResult("top secret"));
  under.run("label_response", {
    tool_name: "read_file",
    tool_args: { path: "~" },
    tool_result: textResult("top secret"),
  });
  expect(under.logs.join()).not.toContain("top secret");
});
