import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { guardhost } from "./guardhost.js";
import { AGENT, guardModule, RESOURCE, wat, watString } from "./guards.js";
import { openWorkplace } from "./workplace.js";

const workplace = await openWorkplace();
const guard = await workplace.file("guard.wasm", guardModule());
const policy = await workplace.file("policy.json", { rooms: ["lobby"] });
const call = { name: "read_text_file", arguments: { path: "a.txt" } };
const input = await workplace.file("call.json", call);
const AGENT_TEXT = JSON.stringify(AGENT);
const labels = { agent: AGENT.agent, mode: "filter" };

describe("labels", () => {
  test("of label_agent are indented JSON on standard output", async () => {
    const run = await guardhost(["call", guard, "label_agent", "--policy", policy]);
    expect(run).toEqual({ status: 0, stdout: `${JSON.stringify(labels, null, 2)}\n`, stderr: "" });
  });

  test("are on one line with --json", async () => {
    const run = await guardhost(["call", guard, "label_agent", "--policy", policy, "--json"]);
    expect(run).toEqual({ status: 0, stdout: `${JSON.stringify(labels)}\n`, stderr: "" });
  });

  test("of label_resource", async () => {
    const run = await guardhost(["call", guard, "label_resource", "--policy", policy, "--input", input]);
    expect({ ...run, stdout: JSON.parse(run.stdout) }).toEqual({ status: 0, stdout: RESOURCE, stderr: "" });
  });

  test("of label_response, in each of its kinds", async () => {
    const response = await workplace.file("response.json", { call, result: [1] });
    const labelled = { path: "/0", labels: { secrecy: ["staff"], integrity: [] } };
    const answers = [
      ["i32.const 0", { kind: "unlabeled" }],
      [{ labeled_paths: [labelled] }, { kind: "paths", paths: [labelled] }],
      [{ items: [{ data: 1 }] }, { kind: "items", items: [{}] }],
    ] as const;
    for (const [behaviour, expected] of answers) {
      const path = await workplace.file("response.wasm", guardModule({ response: behaviour }));
      const run = await guardhost(["call", path, "label_response", "--policy", policy, "--input", response]);
      expect({ ...run, stdout: JSON.parse(run.stdout) }).toEqual({ status: 0, stdout: expected, stderr: "" });
    }
  });

  test("reach the terminal only as text", async () => {
    const description = "\u001b[31m \u009b31m \u202e \u{e0001}";
    const hostile = { resource: { description, secrecy: [], integrity: [] }, operation: "read" };
    const path = await workplace.file("hostile.wasm", guardModule({ resource: hostile }));
    const { stdout } = await guardhost([
      "call",
      path,
      "label_resource",
      "--policy",
      policy,
      "--input",
      input,
    ]);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect(JSON.parse(stdout).resource.description).toBe(description);
  });
});

describe("inputs", () => {
  /** What the guard says it got, operation by operation. */
  async function inputsOf(args: readonly string[], stdin?: string): Promise<unknown[]> {
    const { status, stderr } = await guardhost(
      ["call", guard, ...args, "--log"],
      stdin === undefined ? {} : { stdin },
    );
    expect(status).toBe(0);
    const lines = stderr.trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line.replace(/^guard info: /, "").replaceAll("\\\\", "\\")));
  }
  const encoded = { capabilities: {}, tool_name: call.name, tool_args: call.arguments };

  test("are encoded as every gateway does it", async () => {
    const labelResource = ["label_resource", "--policy", policy, "--input", input];
    expect(await inputsOf(labelResource)).toEqual([{ rooms: ["lobby"] }, encoded]);
    const response = await workplace.file("response.json", { call, result: [1] });
    const labelResponse = ["label_response", "--policy", policy, "--input", response];
    expect(await inputsOf(labelResponse)).toEqual([{ rooms: ["lobby"] }, { ...encoded, tool_result: [1] }]);
  });

  test("may have the shape that guards get", async () => {
    const { name: tool_name, arguments: tool_args } = call;
    const raw = await workplace.file("raw.json", { capabilities: {}, tool_name, tool_args });
    expect((await inputsOf(["label_resource", "--policy", policy, "--input", raw]))[1]).toEqual(encoded);
    const rawResponse = await workplace.file("raw response.json", {
      tool_name,
      tool_args,
      tool_result: null,
    });
    expect((await inputsOf(["label_response", "--policy", policy, "--input", rawResponse]))[1]).toEqual({
      ...encoded,
      tool_result: null,
    });
  });

  test.each([
    ["the input", ["--policy", policy, "--input", "-"], JSON.stringify(call)],
    ["the policy, with a byte order mark", ["--policy", "-", "--input", input], '\ufeff{"rooms": ["lobby"]}'],
  ])("may come from standard input: %s", async (_, files, stdin) => {
    expect(await inputsOf(["label_resource", ...files], stdin)).toEqual([{ rooms: ["lobby"] }, encoded]);
  });

  test("of an allow-only policy are checked and normalised, whatever the case of its key", async () => {
    const allowOnly = await workplace.file("allow-only.json", {
      AllowOnly: { repos: "Public", integrity: "Approved" },
    });
    expect(await inputsOf(["label_agent", "--policy", allowOnly])).toEqual([
      { "allow-only": { repos: "public", "min-integrity": "approved" } },
    ]);
    const broken = await workplace.file("broken.json", { "allow-only": { repos: "some" } });
    const run = await guardhost(["call", guard, "label_agent", "--policy", broken]);
    expect(run).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(/^guardhost: POLICY: /),
    });
  });

  test.each([
    ["label_resource", { name: "t", args: {} }, 'has the key "args"; it must be an object like {"name"'],
    ["label_resource", { arguments: {} }, '"name" must be a string'],
    ["label_resource", [], 'must be an object like {"name"'],
    [
      "label_resource",
      { tool_name: "t", arguments: {} },
      'has the key "arguments"; it must be an object like {"tool_name"',
    ],
    ["label_resource", { tool_name: 7 }, '"tool_name" must be a string'],
    ["label_response", { call }, 'has no "result"'],
    ["label_response", call, 'has the key "name"; it must be an object like {"call"'],
    ["label_response", { call: { name: 1 }, result: 1 }, '"call": "name" must be a string'],
    ["label_response", { tool_name: "t" }, 'has no "tool_result"'],
  ])("of another shape are refused: %s %j", async (operation, content, message) => {
    const file = await workplace.file("shape.json", JSON.stringify(content));
    const run = await guardhost(["call", guard, operation, "--policy", policy, "--input", file]);
    expect(run).toEqual({ status: 1, stdout: "", stderr: expect.stringMatching(/^guardhost: .*\n$/) });
    expect(run.stderr).toContain(message);
  });

  test.each([
    ["text", "hello", "is not JSON"],
    ["cut off", '{"a":', "is not JSON"],
    ["Latin-1", new Uint8Array([0x22, 0xe9, 0x22]), "is not UTF-8"],
    ["empty", "", "is empty"],
    ["an array", "[]", "POLICY"],
    ["control characters", "\u001b[31m", "is not JSON"],
    ["nested too deeply", `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`, "INPUT_TOO_LARGE"],
    ["too large for a guard", JSON.stringify({ a: "x".repeat(9_000_000) }), "INPUT_TOO_LARGE"],
  ])("that are no policy are refused: %s", async (_, content, message) => {
    const file = await workplace.file("no policy.json", content);
    const run = await guardhost(["call", guard, "label_agent", "--policy", file]);
    expect({ status: run.status, stdout: run.stdout }).toEqual({ status: 1, stdout: "" });
    expect(run.stderr).toMatch(/^guardhost: \P{Cc}*\n$/u);
    expect(run.stderr).toContain(message);
  });

  test.each(["--policy", "--input", "--backend"])("of %s with a key twice are refused", async (option) => {
    const twice = await workplace.file("twice.json", '{"x":{"a":1,"\\u0061":2}}');
    const files = { "--policy": policy, "--input": input, [option]: twice };
    const run = await guardhost(["call", guard, "label_resource", ...Object.entries(files).flat()]);
    expect(run).toMatchObject({ status: 1, stdout: "" });
    expect(run.stderr).toMatch(/^guardhost: .*twice\.json has the key "a" twice in one object, .*\n$/);
  });

  test("that are no JSON have their cause told with --verbose", async () => {
    const file = await workplace.file("no json.json", '{"a":');
    const { stderr } = await guardhost(["call", guard, "label_agent", "--policy", file, "--verbose"]);
    expect(stderr).toMatch(/^guardhost: .* is not JSON: .*\ncaused by SyntaxError: .*\n +at /);
  });

  test.each(["--policy", "--input", "--backend"])("of %s that are absent are named", async (option) => {
    const files = {
      "--policy": policy,
      "--input": input,
      "--backend": policy,
      [option]: "/no/such/file.json",
    };
    const run = await guardhost(["call", guard, "label_resource", ...Object.entries(files).flat()]);
    const stderr = "guardhost: /no/such/file.json cannot be read: there is no such file\n";
    expect(run).toEqual({ status: 1, stdout: "", stderr });
  });
});

describe("backend calls", () => {
  /** Logs what its backend answers. */
  const curious = guardModule({
    agent: `(call $host_log (i32.const 2) (i32.const 6000)
        (call $call_backend (i32.const 5000) (i32.const 7) (i32.const 0) (i32.const 0) (i32.const 6000) (i32.const 99)))
      (memory.copy (local.get $out) (i32.const 5100) (i32.const ${AGENT_TEXT.length}))
      (i32.const ${AGENT_TEXT.length})`,
    fields: `(data (i32.const 5000) "weather") (data (i32.const 5100) ${watString(AGENT_TEXT)})`,
  });

  test("get the recorded result of their tool", async () => {
    const path = await workplace.file("curious.wasm", curious);
    const answers = await workplace.file("answers.json", { weather: { sky: "blue" } });
    const args = ["call", path, "label_agent", "--policy", policy, "--backend", answers, "--log"];
    const { status, stderr } = await guardhost(args);
    expect(status).toBe(0);
    expect(stderr.split("\n")).toContain('guard warn: {"sky":"blue"}');
  });

  test("fail without a recorded result, and --log says why", async () => {
    const path = await workplace.file("curious.wasm", curious);
    const args = ["call", path, "label_agent", "--policy", policy, "--log"];
    expect((await guardhost(args)).stderr).toMatch(/host warn: .*backend.*no --backend was given/);
    const answers = await workplace.file("answers.json", { wether: 1 });
    expect((await guardhost([...args, "--backend", answers])).stderr).toContain(
      'has no result for the tool "weather"',
    );
  });

  test("that the guard itself gets wrong are told by --log as well", async () => {
    const ask = (name: string, args: string) =>
      `(drop (call $call_backend ${name} ${args} (i32.const 6000) (i32.const 99)))`;
    const weather = "(i32.const 5000) (i32.const 7)";
    const path = await workplace.file(
      "clumsy.wasm",
      guardModule({
        agent: `${ask(weather, weather)}
          ${ask("(i32.const -1) (i32.const 2)", "(i32.const 0) (i32.const 0)")}
          (loop $again ${ask(weather, "(i32.const 0) (i32.const 0)")}
            (br_if $again (local.tee $inLen (i32.sub (local.get $inLen) (i32.const 1)))))
          (i32.const -5)`,
        fields: `(data (i32.const 5000) "weather")
          (func (export "_initialize") ${ask(weather, "(i32.const 0) (i32.const 0)")})`,
      }),
    );
    // As many calls as it has bytes, and so more than there may be.
    const long = await workplace.file("long policy.json", { rooms: "x".repeat(100) });
    const answers = await workplace.file("answers.json", { weather: 1 });
    const args = ["call", path, "label_agent", "--policy", long, "--backend", answers, "--log"];
    const { stderr } = await guardhost(args);
    const reasons = [...stderr.matchAll(/^guard warn: \(call_backend: (.*)\)$/gm)].map(([, why]) => why);
    expect(reasons.slice(0, 4)).toEqual([
      // Of the initialiser, which has none.
      "no backend call is left",
      "the text is not JSON",
      expect.stringMatching(/^2 bytes at 4294967295 end beyond the guest's memory/),
      "no backend call is left",
    ]);
  });

  describe("that fail in a guard that fails then", () => {
    const insistent = guardModule({
      agent: `(drop (call $call_backend
          (i32.const 5000) (i32.const 7) (i32.const 0) (i32.const 0) (i32.const 6000) (i32.const 99)))
        (i32.const -5)`,
      fields: '(data (i32.const 5000) "we\\0aather")',
    });

    async function labelAgent(module: Uint8Array, ...options: string[]) {
      const path = await workplace.file("insistent.wasm", module);
      return guardhost(["call", path, "label_agent", "--policy", policy, ...options]);
    }

    test("are hinted at when there is no --backend", async () => {
      const { status, stdout, stderr } = await labelAgent(insistent);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toMatch(
        /^guardhost: GUEST_ERROR: .*\nhint: .* "we\\nathe" in vain; .*--backend.*--log\n$/,
      );
    });

    test("are not hinted at when there is one, or the guard never asked, or failed otherwise", async () => {
      const answers = await workplace.file("answers.json", {});
      const quiet = guardModule({ agent: "(i32.const -5)" });
      const trap = guardModule({ agent: "unreachable" });
      for (const [module, ...options] of [[insistent, "--backend", answers], [quiet], [trap]] as const) {
        const { stderr } = await labelAgent(module, ...options);
        expect(stderr).toMatch(/^guardhost: (GUEST_ERROR|TRAPPED): .*\n$/);
      }
    });
  });

  test("need an object of results", async () => {
    const answers = await workplace.file("answers.json", "[]");
    const run = await guardhost(["call", guard, "label_agent", "--policy", policy, "--backend", answers]);
    expect(run).toMatchObject({ status: 1, stdout: "" });
    expect(run.stderr).toContain("must be a JSON object of results");
  });
});

describe("labels that every gateway refuses", () => {
  const all = { secrecy: ["*"], integrity: [] };

  test.each([
    ["label_agent", { agent: { agent: all, difc_mode: "filter" } }, "secrecy/0 is the wildcard"],
    ["label_resource", { resource: { resource: all, operation: "read" } }, "secrecy/0 is the wildcard"],
    ["label_response", { response: { labeled_paths: [], items_path: "/a" } }, "itemsPath leads to no array"],
    [
      "label_response",
      { response: { labeled_paths: [{ path: "/0", labels: all }] } },
      "paths/0: secrecy/0 is the wildcard",
    ],
  ])("are a success with a warning: %s %j", async (operation, parts, problem) => {
    const path = await workplace.file("refused.wasm", guardModule(parts));
    const inputs = { label_agent: undefined, label_resource: call, label_response: { call, result: [1] } };
    const asked = inputs[operation as keyof typeof inputs];
    const files = asked === undefined ? [] : ["--input", await workplace.file("asked.json", asked)];
    const { status, stdout, stderr } = await guardhost([
      "call",
      path,
      operation,
      "--policy",
      policy,
      ...files,
    ]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toBeTypeOf("object");
    expect(stderr).toMatch(new RegExp(`^warning: gateways refuse what ${operation} says: \\P{Cc}*\\n$`, "u"));
    expect(stderr).toContain(problem);
  });

  test("are told of the agent's as well when a call is labelled", async () => {
    const agent = { agent: all, difc_mode: "filter" };
    const path = await workplace.file("refused.wasm", guardModule({ agent }));
    const run = await guardhost(["call", path, "label_resource", "--policy", policy, "--input", input]);
    expect(run).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^warning: gateways refuse what label_agent says: .*\n$/),
    });
  });
});

describe("a guard that fails", () => {
  async function labelAgent(module: Uint8Array, ...options: string[]) {
    const path = await workplace.file("failing.wasm", module);
    return guardhost(["call", path, "label_agent", "--policy", policy, ...options]);
  }

  test("is not accepted, with every problem", async () => {
    const { status, stdout, stderr } = await labelAgent(wat("(module)"));
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(
      /^guardhost: INVALID_MODULE: \P{Cc}*failing\.wasm: .*\n( {2}- .*\n){5}hint: --allow-direct-memory sets .*\n$/u,
    );
  });

  test("is not WebAssembly", async () => {
    const run = await labelAgent(new TextEncoder().encode("{}"));
    expect(run).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(/^guardhost: INVALID_MODULE: .*failing\.wasm: /),
    });
  });

  test("has wrong types", async () => {
    const { stderr } = await labelAgent(guardModule({ fields: "(func (result i32) i64.const 1)" }));
    expect(stderr).toMatch(/^guardhost: INVALID_MODULE: .*failing\.wasm: the module is not valid .*i64.*\n$/);
  });

  test("traps; the cause is told with --verbose only", async () => {
    const trap = guardModule({ agent: "unreachable" });
    const quiet = await labelAgent(trap);
    expect(quiet).toEqual({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(/^guardhost: TRAPPED: .*\n$/),
    });
    const verbose = await labelAgent(trap, "--verbose");
    expect(verbose).toMatchObject({ status: 1, stdout: "" });
    expect(verbose.stderr).toMatch(/^guardhost: TRAPPED: .*\ncaused by RuntimeError: unreachable\n +at /);
  });

  test("traps because it was built as a command: a hint says so", async () => {
    const start = '(func (export "_start"))';
    const hint = /^guardhost: TRAPPED: .*\nhint: .*built as a command.*-buildmode=c-shared.*\n$/;
    const command = guardModule({ agent: "unreachable", fields: start });
    const file = await workplace.file("command.wasm", command);
    const prepared = `${file}.prepared`;
    expect(await guardhost(["prepare", file, "-o", prepared])).toMatchObject({ status: 0 });
    for (const module of [command, await readFile(prepared)]) {
      expect((await labelAgent(module)).stderr).toMatch(hint);
    }
    expect(await labelAgent(guardModule({ fields: start }))).toMatchObject({ status: 0, stderr: "" });
    const refusal = await labelAgent(guardModule({ agent: "i32.const -5", fields: start }));
    expect(refusal.stderr).toMatch(/^guardhost: GUEST_ERROR: .*\n$/);
  });

  test("answers what is no answer", async () => {
    const run = await labelAgent(guardModule({ agent: { difc_mode: "lax" } }));
    const stderr = expect.stringMatching(/^guardhost: INVALID_OUTPUT: .*\n$/);
    expect(run).toEqual({ status: 1, stdout: "", stderr });
  });

  test("refuses the policy in its own words, which reach the terminal only as text", async () => {
    const run = await labelAgent(guardModule({ agent: { success: false, error: "no \u009b31m\nway" } }));
    const stderr = expect.stringMatching(
      /^guardhost: GUEST_ERROR: [^\u009b]*no \\u009b31m\\nway[^\u009b]*\n$/,
    );
    expect(run).toEqual({ status: 1, stdout: "", stderr });
  });

  test("has no allocator, unless direct memory is allowed", async () => {
    const text = AGENT_TEXT.length;
    const module = wat(`(module (memory (export "memory") 200) (data (i32.const 0) ${watString(AGENT_TEXT)})
      (func (export "label_agent") (param i32 i32 i32 i32) (result i32)
        (memory.copy (local.get 2) (i32.const 0) (i32.const ${text})) (i32.const ${text}))
      (func (export "label_resource") (param i32 i32 i32 i32) (result i32) i32.const 0)
      (func (export "label_response") (param i32 i32 i32 i32) (result i32) i32.const 0))`);
    expect((await labelAgent(module)).stderr).toContain("lacks an allocator");
    expect(await labelAgent(module, "--allow-direct-memory")).toMatchObject({ status: 0, stderr: "" });
  });

  test("takes longer than --timeout", async () => {
    const sleepless = guardModule({
      agent: `(local.set $in (i32.const 20000000))
        (loop $again (br_if $again (local.tee $in (i32.sub (local.get $in) (i32.const 1)))))
        (i32.const 0)`,
    });
    const run = await labelAgent(sleepless, "--timeout", "0.001");
    expect(run).toEqual({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(/^guardhost: TIMEOUT: .*\n$/),
    });
  });
});
