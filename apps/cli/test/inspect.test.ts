import { createHash } from "node:crypto";
import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { guardhost } from "./guardhost.js";
import { guardModule, wat, watString } from "./guards.js";
import { openWorkplace } from "./workplace.js";

const workplace = await openWorkplace();

async function inspectJson(content: Uint8Array, ...options: string[]) {
  const path = await workplace.file("inspected.wasm", content);
  const { status, stdout, stderr } = await guardhost(["inspect", path, "--json", ...options]);
  expect(stderr).toBe("");
  expect(stdout.split("\n")).toHaveLength(2);
  return { status, report: JSON.parse(stdout) };
}

/** What a module without an allocator, and otherwise complete, consists of. */
function directMemoryGuard(fields = ""): Uint8Array {
  const functions = ["label_agent", "label_resource", "label_response"].map(
    (name) => `(func (export "${name}") (param i32 i32 i32 i32) (result i32) i32.const 0)`,
  );
  return wat(`(module ${fields} ${functions.join("\n")})`);
}

describe("a module that can run as a guard", () => {
  test("is described in text, with the verdict at the end, and status 0", async () => {
    const path = await workplace.file("guard.wasm", guardModule());
    const { status, stdout, stderr } = await guardhost(["inspect", path]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.split("\n")[0]).toBe(path);
    expect(stdout).toMatch(/^ {2}memory +declares 200 to any number of pages, may grow to 512 \(32 MiB\)$/m);
    expect(stdout).toMatch(/^ {2}buffers +its own alloc and dealloc$/m);
    expect(stdout).toMatch(/^ {2}start section +none$/m);
    expect(stdout).toMatch(/^ {2}features +bulk-memory$/m);
    expect(stdout).toMatch(/^ {2}label_agent +\(i32, i32, i32, i32\) -> \(i32\)$/m);
    expect(stdout).toMatch(/^ {2}env\.host_log +\(i32, i32, i32\) -> \(\)$/m);
    expect(stdout.endsWith("\n\nIt can run as a guard.\n")).toBe(true);
    expect(stdout).not.toContain("\u001b");
  });

  test("is described as JSON", async () => {
    const bytes = guardModule({ fields: "(table 3 200000 funcref) (func $main) (start $main)" });
    const { status, report } = await inspectJson(bytes);
    expect(status).toBe(0);
    expect(report).toMatchObject({
      bytes: bytes.length,
      integrity: `sha256-${createHash("sha256").update(bytes).digest("base64")}`,
      memories: [{ imported: false, min: 200, effectiveMax: 512 }],
      tables: [{ imported: false, element: "funcref", min: 3, max: 200_000, effectiveMax: 100_000 }],
      buffers: "allocator",
      wasiCalls: [],
      start: true,
      runnable: true,
      problems: [],
    });
    expect(report.exports).toContainEqual({ name: "memory", kind: "memory" });
    expect(report.imports[1]).toEqual({
      module: "env",
      name: "host_log",
      kind: "function",
      signature: { params: ["i32", "i32", "i32"], results: [] },
    });
  });

  test("is read from standard input", async () => {
    const { status, stdout } = await guardhost(["inspect", "-"], { stdin: guardModule() });
    expect(status).toBe(0);
    expect(stdout.split("\n")[0]).toBe("standard input");
  });

  test("is the filesystem guard", async () => {
    const path = fileURLToPath(import.meta.resolve("@guardhost/guards/filesystem.wasm"));
    const { status, report } = await inspectJson(await readFile(path));
    expect({ status, problems: report.problems }).toEqual({ status: 0, problems: [] });
  });
});

describe("a guard that was built as a command", () => {
  const command = guardModule({ fields: '(func (export "_start"))' });

  test("can run, with a note on what that means for its _start", async () => {
    const { status, report } = await inspectJson(command);
    expect({ status, runnable: report.runnable }).toEqual({ status: 0, runnable: true });
    expect(report.notes).toEqual([
      expect.stringMatching(/_start the host never calls.*-buildmode=c-shared.*-mexec-model=reactor/),
    ]);
    const { stdout } = await guardhost(["inspect", await workplace.file("command.wasm", command)]);
    expect(stdout.endsWith(`\n\nIt can run as a guard.\n\nnote: ${report.notes[0]}\n`)).toBe(true);
  });

  test.each([
    ["a reactor", guardModule({ fields: '(func (export "_initialize"))' })],
    ["both", guardModule({ fields: '(func (export "_start") (export "_initialize"))' })],
    ["neither", guardModule()],
    ["a command that cannot run, and is told so", wat('(module (func (export "_start")))')],
  ])("is not what one is that is %s", async (_, module) => {
    expect((await inspectJson(module, "--allow-direct-memory")).report.notes).toEqual([]);
  });
});

describe("a module that cannot run as a guard", () => {
  test("is described all the same, with every problem, and status 1", async () => {
    const path = await workplace.file(
      "bad.wasm",
      wat(`(module
        (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
        (import "env" "call_backend" (func (param i64)))
        (import "gojs" "runtime.wasmExit" (func))
        (memory (export "mem") 600 700)
        (func (export "label_agent") (param i32) (result i32) i32.const 0))`),
    );
    const { status, stdout, stderr } = await guardhost(["inspect", path]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    const [, verdict = ""] = stdout.split("It cannot run as a guard. It\n");
    const [problems = "", notes] = verdict.split("\n\n");
    expect(problems.split("\n")).toEqual([
      "  - exports label_agent as (i32) -> (i32); it must be (i32, i32, i32, i32) -> (i32)",
      "  - exports no label_resource: (i32, i32, i32, i32) -> (i32)",
      "  - exports no label_response: (i32, i32, i32, i32) -> (i32)",
      expect.stringMatching(/exports no memory named "memory".*"mem"/),
      expect.stringContaining("needs 600 pages of memory"),
      expect.stringContaining("lacks an allocator"),
      expect.stringContaining('imports "env.call_backend" as (i64) -> ()'),
      expect.stringContaining('imports "gojs.runtime.wasmExit"'),
    ]);
    expect(notes?.split("\n")).toEqual([
      "note: --allow-direct-memory sets limits.allowDirectMemory",
      expect.stringMatching(/^note: it was built for JavaScript; .*GOOS=wasip1/),
      "",
    ]);
    expect(stdout).toMatch(/^ {2}memory +declares 600 to 700 pages, more than it may have$/m);
    expect(stdout).toMatch(/^ {2}WASI calls +sched_yield$/m);
  });

  test("imports what AssemblyScript adds by default: every command says how to do without", async () => {
    const abort = '(import "env" "abort" (func (param i32 i32 i32 i32)))';
    const module = directMemoryGuard(`${abort} (memory (export "memory") 1)`);
    const { report } = await inspectJson(module, "--allow-direct-memory");
    expect(report.problems).toEqual(['imports "env.abort", which does not exist']);
    expect(report.notes).toEqual([expect.stringContaining("--use abort=")]);
    const path = await workplace.file("abort.wasm", module);
    const policy = await workplace.file("policy.json", {});
    const { stderr } = await guardhost(["call", path, "label_agent", "--policy", policy]);
    expect(stderr).toMatch(/\nhint: --allow-direct-memory .*; AssemblyScript .*--use abort=\n$/);
  });

  test("lacks an allocator, unless direct memory is allowed", async () => {
    const bytes = directMemoryGuard('(memory (export "memory") 1 1)');
    const refused = await inspectJson(bytes);
    expect(refused).toMatchObject({ status: 1, report: { buffers: "direct-memory", runnable: false } });
    expect(refused.report.problems).toHaveLength(1);
    const accepted = await inspectJson(bytes, "--allow-direct-memory");
    expect(accepted).toMatchObject({ status: 0, report: { buffers: "direct-memory", runnable: true } });
  });

  test("has a body that does not validate", async () => {
    const { status, report } = await inspectJson(guardModule({ fields: "(func (result i32) i64.const 1)" }));
    expect(status).toBe(1);
    expect(report.problems).toEqual([
      expect.stringMatching(/^is not valid on this runtime: Compiling .*i64/),
    ]);
  });

  test("becomes too large when it gets its checks", async () => {
    const { status, report } = await inspectJson(
      guardModule({ fields: `(func ${"loop end ".repeat(190_000)})` }),
    );
    expect(status).toBe(1);
    expect(report.problems).toEqual([
      expect.stringMatching(/^cannot be loaded: the guard is valid, but .* maximum function size/),
    ]);
  });

  test("gets its names into the terminal only as text", async () => {
    const names = ["\u001b]0;owned\u0007", "two\nlines", "with blank", "\u202egnp.exe", "", "é", "\u009b31m"];
    const fields = names.map((name) => `(import ${watString(name)} ${watString(name)} (func))`).join("\n");
    const path = await workplace.file(
      "hostile.wasm",
      directMemoryGuard(`${fields} (memory (export "memory") 1)`),
    );
    for (const options of [[], ["--json"]]) {
      const { status, stdout } = await guardhost(["inspect", path, ...options]);
      expect(status).toBe(1);
      expect(stdout).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    }
    const { stdout } = await guardhost(["inspect", path]);
    expect(stdout).toMatch(/^ {2}"two\\nlines"\."two\\nlines" /m);
    expect(stdout).toMatch(/^ {2}""\."" /m);
    const { report } = await inspectJson(await readFile(path));
    expect(report.imports.map(({ name }: { name: string }) => name)).toEqual(names);
  });

  test("is larger than a guard may be", async () => {
    const { status, report } = await inspectJson(
      guardModule({ fields: `(data ${watString("x").slice(0, -1)}${"x".repeat(8_400_000)}")` }),
    );
    expect(status).toBe(1);
    expect(report.problems).toEqual([expect.stringContaining("limits.maxModuleBytes")]);
  });
});

async function linkToItself(): Promise<string> {
  const path = join(workplace.directory, "link.wasm");
  await symlink(path, path);
  return path;
}

describe("a file that cannot be inspected", () => {
  test.each([
    ["is absent", () => `${workplace.directory}/absent.wasm`, "there is no such file"],
    ["has a line break in its name", () => `${workplace.directory}/a\nb`, "/a\\nb cannot be read"],
    ["is below a file", () => `${import.meta.filename}/x.wasm`, "there is no such file"],
    ["is a directory", () => workplace.directory, "it is a directory"],
    ["has no name", () => "", "a file without a name cannot be read"],
    ["is a link to itself", linkToItself, "its symbolic links lead in a circle"],
    ["never ends", () => "/dev/zero", "has more than 67108864 bytes"],
  ])("%s: status 1, nothing on standard output, no stack trace", async (_, file, message) => {
    const { status, stdout, stderr } = await guardhost(["inspect", await file()]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^guardhost: /);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("a file that is no module", () => {
  const cut = guardModule().subarray(0, 60);
  const hint =
    "hint: give the .wasm file that a compiler writes; the text format has to be assembled first\n";

  test.each([
    ["empty", "", "found no bytes", hint],
    ["text", "(module)", "expected a WebAssembly module", hint],
    ["a component", new Uint8Array([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]), "component", ""],
    ["cut off", cut, "end of the module", ""],
  ])("because it is %s: every command names it on standard error", async (_, content, message, hint) => {
    const path = await workplace.file("no module.wasm", content);
    const policy = await workplace.file("policy.json", {});
    for (const args of [
      ["inspect", path],
      ["inspect", path, "--json"],
      ["call", path, "label_agent", "--policy", policy],
      ["prepare", path, "-o", "-"],
    ]) {
      const { status, stdout, stderr } = await guardhost(args);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      const [line, rest] = stderr.split(/(?<=\n)(.*)/s);
      expect(line).toContain(`guardhost: INVALID_MODULE: ${path}: the module cannot be read: `);
      expect(line).toContain(message);
      expect(rest ?? "").toBe(hint);
    }
  });

  test("has its cause told with --verbose, after the command too", async () => {
    const path = await workplace.file("cut.wasm", cut);
    for (const args of [
      ["--verbose", "inspect", path],
      ["inspect", path, "--verbose"],
    ]) {
      const { stderr } = await guardhost(args);
      expect(stderr).toMatch(/^guardhost: INVALID_MODULE: .*\ncaused by WasmFormatError: .*\n +at /);
    }
  });
});

test("a function that is imported twice is listed once", async () => {
  const yields = '(import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))';
  const other = '(import "wasi_snapshot_preview1" "sched_yield" (func (param i32)))';
  const bytes = directMemoryGuard(`${yields} ${yields} ${other} (memory (export "memory") 1)`);
  const { report } = await inspectJson(bytes, "--allow-direct-memory");
  expect(report.wasiCalls).toEqual(["sched_yield"]);
  const { stdout } = await guardhost(["inspect", await workplace.file("twice.wasm", bytes)]);
  expect(stdout).toMatch(/^ {2}WASI calls +sched_yield$/m);
  expect(stdout.match(/^ {2}wasi_snapshot_preview1\.sched_yield .*$/gm)).toEqual([
    expect.stringMatching(/ \(\) -> \(i32\)$/),
    expect.stringMatching(/ \(i32\) -> \(\)$/),
  ]);
});
