import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  ALLOC_SIGNATURE,
  DEALLOC_SIGNATURE,
  decodeAgentAnswer,
  decodeResourceAnswer,
  decodeResponseAnswer,
  defaultLimits,
  encodeAgentInput,
  encodeResourceInput,
  encodeResponseInput,
  formatSignature,
  HOST_SIGNATURES,
  INITIALIZE_SIGNATURE,
  LABEL_SIGNATURE,
} from "@guardhost/native";
import { describe, expect, it } from "vitest";
import { freshGuard } from "./filesystem-guard.js";
import type { LabelFunction } from "./raw-guard.js";

/** What authors of guards are told, with this package's guard as the example. */
const page = readFileSync(new URL("../../../docs/guard-abi.md", import.meta.url), "utf8");

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How the host makes an input of what its caller says, and what it makes of an answer. */
const HOST = {
  label_agent: {
    encode: (input: object) => encodeAgentInput(input, defaultLimits),
    decode: decodeAgentAnswer,
  },
  label_resource: {
    encode: ({ tool_name, tool_args }: ToolInput) =>
      encodeResourceInput({ name: tool_name, arguments: tool_args }, defaultLimits),
    decode: decodeResourceAnswer,
  },
  label_response: {
    encode: ({ tool_name, tool_args, tool_result }: ToolInput) =>
      encodeResponseInput({ name: tool_name, arguments: tool_args }, tool_result, defaultLimits),
    decode: decodeResponseAnswer,
  },
};

interface ToolInput {
  readonly tool_name: string;
  readonly tool_args: Record<string, unknown>;
  readonly tool_result: unknown;
}

/** Pairs of an input and an output, below the heading that names the function. */
const examples = [...page.matchAll(/^### `(label_\w+)`\n(.*?)(?=^###? )/gms)].flatMap(
  ([, name, section = ""]) =>
    [...section.matchAll(/^```json input\n(.*?)^```\n\n```json output\n(.*?)^```/gms)].map(
      ([, input = "", output = ""]) => ({
        name: name as LabelFunction,
        input: JSON.parse(input),
        output: JSON.parse(output),
      }),
    ),
);

/** The first two cells of each row of a table below a heading, without their code marks. */
function rows(heading: string): Record<string, string> {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const [table = ""] = section.split("\n## ");
  const cells = [...table.matchAll(/^\| `(\w+)` \| `?([^|`]+)`? \|/gm)];
  return Object.fromEntries(cells.map(([, name, value]) => [name, value]));
}

/** What the tables say about members of the examples that are absent or null, each with the example that lacks it. */
const readings = examples
  .filter(({ output }) => output.success !== false)
  .flatMap(({ name, output }) => {
    const [, section = ""] = page.split(`\n### \`${name}\`\n`);
    const [tables = ""] = section.split(/\n###? /);
    const members = [...tables.matchAll(/^\| (`\S+`(?:, `\S+`)*) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$/gm)];
    return members.flatMap(([, names = "", absent = "", asNull = ""]) =>
      [...names.matchAll(/`(\S+?)`/g)].flatMap(([, path = ""]) => [
        { name, path, value: undefined, reading: absent, answer: withMember(output, path, undefined) },
        { name, path, value: null, reading: asNull, answer: withMember(output, path, null) },
      ]),
    );
  })
  .filter(({ answer, reading }) => answer !== undefined && reading !== "see below");

describe("the page about the ABI", () => {
  it("has examples of every function, which the guard answers like that and the host reads", () => {
    const guard = freshGuard();
    for (const { name, input, output } of examples) {
      const { encode, decode } = HOST[name];
      const bytes = encode(input);
      expect(JSON.parse(decoder.decode(bytes))).toEqual(input);
      expect(guard.answer(name, bytes)).toEqual(output);
      const read = () => decode(encoder.encode(JSON.stringify(output)));
      if (output.success === false) expect(read).toThrow(output.error);
      else expect(read).not.toThrow();
    }
    expect(examples.map(({ name }) => name)).toEqual([
      "label_agent",
      "label_agent",
      "label_resource",
      "label_response",
      "label_response",
    ]);
  });

  it("has the signatures that hosts check", () => {
    const label = formatSignature(LABEL_SIGNATURE);
    expect(rows("Exports")).toEqual({
      memory: "memory",
      alloc: formatSignature(ALLOC_SIGNATURE),
      dealloc: formatSignature(DEALLOC_SIGNATURE),
      label_agent: label,
      label_resource: label,
      label_response: label,
      _initialize: formatSignature(INITIALIZE_SIGNATURE),
    });
    expect(rows("Imports")).toEqual({
      call_backend: formatSignature(HOST_SIGNATURES.call_backend),
      host_log: formatSignature(HOST_SIGNATURES.host_log),
    });
  });

  it("has all limits, with their numbers", () => {
    const { allowDirectMemory, ...numbers } = defaultLimits;
    const expected = Object.entries(numbers).map(([name, value]) => [name, value.toLocaleString("en-US")]);
    expect(rows("Limits")).toEqual(Object.fromEntries(expected));
  });

  it("has tests of that guard as an example, which pass", async () => {
    const file = fileURLToPath(new URL("./guard-abi/guard.test.mjs", import.meta.url));
    expect([...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code)).toEqual([
      readFileSync(file, "utf8"),
    ]);
    const env = { ...process.env, GUARD: fileURLToPath(new URL("../dist/filesystem.wasm", import.meta.url)) };
    const { stdout } = await promisify(execFile)(process.execPath, ["--test", "--test-reporter=tap", file], {
      env,
    });
    expect(stdout).toMatch(/^# pass 4$/m);
  });

  it("has rows about members of every function", () => {
    expect(new Set(readings.map(({ name }) => name))).toEqual(new Set(Object.keys(HOST)));
  });

  it.each(readings)("says how $name reads $path if it is $value: $reading", ({ name, answer, reading }) => {
    const read = () => HOST[name].decode(encoder.encode(JSON.stringify(answer)));
    if (reading === "error") expect(read).toThrow();
    else expect(read).not.toThrow();
  });
});

/** A copy in which a member has another value, or is absent; undefined if there is none of that name. */
function withMember(answer: object, path: string, value: null | undefined): object | undefined {
  const copy = structuredClone(answer);
  const keys = path.replaceAll("[]", ".0").split(".");
  const last = keys.pop() ?? "";
  // biome-ignore lint/suspicious/noExplicitAny: whatever the example holds
  let parent: any = copy;
  for (const key of keys) parent = parent?.[key];
  if (parent?.[last] === undefined) return undefined;
  parent[last] = value;
  return copy;
}
