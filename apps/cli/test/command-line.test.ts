import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { guardhost } from "./guardhost.js";

describe("what is asked for", () => {
  test("--version prints the version of the package", async () => {
    const manifest = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
    expect(await guardhost(["--version"])).toEqual({
      status: 0,
      stdout: `${manifest.version}\n`,
      stderr: "",
    });
  });

  test.each([
    [["--help"], /inspect .*\n.*call /],
    [["-h"], /inspect .*\n.*call /],
    [["inspect", "-h"], /Examples:\n {2}guardhost inspect /],
    [["call", "-h"], /Examples:\n {2}guardhost call /],
    [["help"], /inspect .*\n.*call /],
    [["inspect", "--help"], /Examples:\n {2}guardhost inspect /],
    [["help", "inspect"], /Exit status:/],
    [["call", "--help"], /Examples:\n {2}guardhost call /],
  ])("%j prints help on standard output", async (args, content) => {
    const { status, stdout, stderr } = await guardhost(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(content);
  });
});

describe("a command line that makes no sense", () => {
  const call = ["call", "guard.wasm"];
  const policy = ["--policy", "p.json"];

  test.each([
    [[], "Usage: guardhost"],
    [["frobnicate"], "unknown command 'frobnicate'"],
    [["inspekt", "guard.wasm"], "Did you mean inspect?"],
    [["--frob", "inspect"], "unknown option '--frob'"],
    [["inspect"], "missing required argument 'guard.wasm'"],
    [["inspect", "guard.wasm", "other.wasm"], "too many arguments"],
    [["inspect", "guard.wasm", "--jsn"], "unknown option '--jsn'"],
    [["inspect", "--policy", "p.json", "guard.wasm"], "unknown option '--policy'"],
    [[...call, ...policy], "missing required argument 'operation'"],
    [[...call, "label_agents", ...policy], "Allowed choices are label_agent, label_resource, label_response"],
    [[...call, "label_agent"], "required option '--policy <file>' not specified"],
    [[...call, "label_agent", "--policy"], "argument missing"],
    [[...call, "label_agent", ...policy, "--engine", "quantum"], "Allowed choices are native"],
    [[...call, "label_agent", ...policy, "--input", "i.json"], "label_agent takes no '--input'"],
    [[...call, "label_resource", ...policy], "label_resource needs '--input <file>'"],
    [[...call, "label_response", ...policy], "label_response needs '--input <file>'"],
    [[...call, "label_agent", ...policy, "--timeout", "soon"], "milliseconds above 0"],
    [[...call, "label_agent", ...policy, "--timeout", "0"], "milliseconds above 0"],
    [[...call, "label_resource", "--policy", "-", "--input", "-"], "only one file can be standard input"],
    [["call", "-", "label_agent", "--policy", "-"], "only one file can be standard input"],
  ])("%j is refused with status 2", async (args, message) => {
    const { status, stdout, stderr } = await guardhost(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("is quoted without what a terminal takes for a command", async () => {
    const { stderr } = await guardhost(["\u001b[31mred"]);
    expect(stderr).toContain("\\u001b[31mred");
    expect(stderr).not.toContain("\u001b");
  });
});
