import { createHash } from "node:crypto";
import { readFile, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { guardhost } from "./guardhost.js";
import { guardModule, wat } from "./guards.js";
import { openWorkplace } from "./workplace.js";

const workplace = await openWorkplace();

let outputs = 0;

/** Prepares a module into a file of its own. */
async function prepare(module: Uint8Array, ...options: string[]) {
  const input = await workplace.file("guard.wasm", module);
  const output = join(input, "..", `prepared-${++outputs}.wasm`);
  const run = await guardhost(["prepare", input, "-o", output, ...options]);
  return { ...run, output };
}

describe("a guard", () => {
  test("is prepared: the summary names the file, its size and its hash", async () => {
    const { status, stdout, stderr, output } = await prepare(guardModule());
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const prepared = await readFile(output);
    const hash = createHash("sha256").update(prepared).digest("base64");
    expect(stdout).toBe(`${output}: ${prepared.length} bytes, sha256-${hash}\n`);
    const module = new WebAssembly.Module(prepared);
    expect(WebAssembly.Module.imports(module).map(({ module }) => module)).toContain("guardhost");
    expect(WebAssembly.Module.customSections(module, "guardhost.prepared")).toHaveLength(1);
  });

  test("runs as it did, and prepared again it stays as it is", async () => {
    const { output } = await prepare(guardModule());
    const prepared = await readFile(output);
    const policy = await workplace.file("policy.json", "{}");
    const called = await guardhost(["call", output, "label_agent", "--policy", policy, "--json"]);
    expect({ status: called.status, stderr: called.stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(called.stdout)).toMatchObject({ mode: "filter" });
    const again = await prepare(prepared);
    expect(again.status).toBe(0);
    expect(await readFile(again.output)).toEqual(prepared);
  });

  test("is inspected as what it was before, with the size and the hash of both", async () => {
    const { output } = await prepare(guardModule());
    const { status, stdout } = await guardhost(["inspect", output]);
    expect(status).toBe(0);
    const prepared = await readFile(output);
    const hash = (bytes: Uint8Array) => `sha256-${createHash("sha256").update(bytes).digest("base64")}`;
    const size = (bytes: Uint8Array) => bytes.length.toLocaleString("en-US");
    const facts = stdout.split("\n").slice(1, 6);
    expect(facts.map((fact) => fact.trim().split(/ {2,}/))).toEqual([
      ["size", `${size(prepared)} bytes, with the original in it`],
      ["integrity", hash(prepared)],
      ["prepared", "yes, for 512 pages and 100,000 elements"],
      [
        "original",
        expect.stringMatching(`^${size(guardModule())} bytes, \\d+ functions; all below is about it$`),
      ],
      ["integrity", hash(guardModule())],
    ]);
    const { stdout: json } = await guardhost(["inspect", output, "--json"]);
    expect(JSON.parse(json)).toMatchObject({
      bytes: prepared.length,
      integrity: hash(prepared),
      original: { bytes: guardModule().length, integrity: hash(guardModule()) },
    });
    expect(stdout).toMatch(/^ {2}prepared +yes, for 512 pages and 100,000 elements$/m);
    expect(stdout).not.toMatch(/guardhost\.check/);
  });

  test("can be left out of what is written, which is refused as bytes then", async () => {
    const whole = await readFile((await prepare(guardModule())).output);
    const { output } = await prepare(guardModule(), "--omit-original");
    const alone = await readFile(output);
    expect(alone.length).toBeLessThan(whole.length);
    expect(whole.subarray(0, alone.length)).toEqual(alone);
    const policy = await workplace.file("policy.json", "{}");
    for (const args of [
      ["inspect", output],
      ["call", output, "label_agent", "--policy", policy],
      ["prepare", output, "-o", "-"],
    ]) {
      const { status, stdout, stderr } = await guardhost(args);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      const [problem = "", hint = ""] = stderr.split("\n");
      expect(problem).toContain("without the one that it was made of");
      expect(problem).toContain(`at offset 0x${alone.length.toString(16)}`);
      expect(hint).toMatch(/^hint: .*--omit-original.*prepared: true.*give the guard/);
    }
  });

  test("that is prepared already loses the guard as it was when that is asked for", async () => {
    const whole = await readFile((await prepare(guardModule())).output);
    const alone = await readFile((await prepare(guardModule(), "--omit-original")).output);
    const { status, output } = await prepare(whole, "--omit-original");
    expect(status).toBe(0);
    expect(await readFile(output)).toEqual(alone);
  });

  test("gets the limits that were asked for", async () => {
    const { output } = await prepare(guardModule(), "--max-memory-pages", "300", "--max-table-elements", "7");
    const [marker] = WebAssembly.Module.customSections(
      new WebAssembly.Module(await readFile(output)),
      "guardhost.prepared",
    );
    expect(new TextDecoder().decode(marker)).toContain('"maxMemoryPages":300,"maxTableElements":7');
  });

  test("comes from standard input as well", async () => {
    const output = join(await workplace.file("any", ""), "..", "from-stdin.wasm");
    const { status } = await guardhost(["prepare", "-", "-o", output], { stdin: guardModule() });
    expect(status).toBe(0);
    expect(WebAssembly.validate(await readFile(output))).toBe(true);
  });
});

describe("what cannot be prepared", () => {
  test("is refused with everything that is wrong, and nothing is written", async () => {
    const { status, stdout, stderr, output } = await prepare(wat("(module)"));
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(
      /^guardhost: INVALID_MODULE: .*guard\.wasm: the module cannot run as a guard: it\n/,
    );
    await expect(readFile(output)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("is a module whose marker lies", async () => {
    const marker = Buffer.concat([Buffer.from([18]), Buffer.from("guardhost.prepared"), Buffer.from("{}")]);
    const forged = Buffer.concat([guardModule(), Buffer.from([0, marker.length]), marker]);
    expect(await prepare(forged)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("INVALID_MODULE"),
    });
  });

  test.each([
    [["--max-memory-pages", "0"], "from 1 to 65536"],
    [["--max-memory-pages", "65537"], "from 1 to 65536"],
    [["--max-table-elements", "-1"], "whole number"],
    [["--max-table-elements", "1e3"], "whole number"],
  ])("%j makes no sense", async (options, message) => {
    expect(await prepare(guardModule(), ...options)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(message),
    });
  });

  test.each([
    ["itself", async (guard: string) => guard],
    ["itself by another name", async (guard: string) => `${workplace.directory}/./${basename(guard)}`],
    [
      "a link that leads to it",
      async (guard: string) => {
        const link = join(workplace.directory, "link.wasm");
        await symlink(guard, link);
        return link;
      },
    ],
  ])("would overwrite the guard: %s, with or without it in what is written", async (_, nameOf) => {
    const input = await workplace.file("guard.wasm", guardModule());
    const output = await nameOf(input);
    for (const options of [[], ["--omit-original"]]) {
      const run = await guardhost(["prepare", input, "-o", output, ...options]);
      const stderr = expect.stringMatching(/^guardhost: .*\.wasm is the file that is read, .*\n$/);
      expect(run).toEqual({ status: 1, stdout: "", stderr });
      expect(await readFile(input)).toEqual(Buffer.from(guardModule()));
    }
  });

  test("needs somewhere to go", async () => {
    const input = await workplace.file("guard.wasm", guardModule());
    const { status, stderr } = await guardhost(["prepare", input]);
    expect(status).toBe(2);
    expect(stderr).toContain("--output");
  });

  test.each([
    ["none/out.wasm", "there is no such directory"],
    ["guard.wasm/out.wasm", "there is no such directory"],
    [".", "it is a directory"],
    ["n".repeat(300), "its name is too long"],
  ])("and cannot be written either: %s", async (output, problem) => {
    const input = await workplace.file("guard.wasm", guardModule());
    const run = await guardhost(["prepare", input, "-o", output], { cwd: workplace.directory });
    const stderr = `guardhost: ${output} cannot be written: ${problem}\n`;
    expect(run).toEqual({ status: 1, stdout: "", stderr });
  });
});
