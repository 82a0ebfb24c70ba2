// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of the configuration
import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/config/config-error.js";
import { parseConfig } from "../../src/config/load-config.js";

const env = { TOKEN: "s3cret" };
const parse = (text: string) => parseConfig(text, { file: "/etc/gateway.jsonc", env });

function problemsOf(text: string): readonly string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
  throw new Error("nothing was wrong");
}

const server = `"files": { "command": "server", "unguarded": true }`;

describe("a file that can be used", () => {
  test("has defaults filled in", () => {
    const { gateway, servers, guards, directory } = parse(`{ "mcpServers": { ${server} } }`);
    expect({ guards, directory }).toEqual({ guards: {}, directory: "/etc" });
    expect(servers.files).toMatchObject({ type: "stdio", args: [], backendTools: [], timeoutMs: 60_000 });
    expect(gateway).toMatchObject({
      host: "127.0.0.1",
      mode: "strict",
      enforcement: "enforce",
      store: { url: "memory:" },
    });
  });

  test("may have comments, trailing commas, a byte order mark and the keys of VS Code", () => {
    const { servers } = parse(`\uFEFF{
      // what the agent may use
      "inputs": [],
      "servers": { ${server}, "web": { "type": "http", "url": "https://example.com/mcp", "unguarded": true, }, },
    }`);
    expect(Object.keys(servers)).toEqual(["files", "web"]);
  });

  test("names hosts as URLs do, and schemes of pages that are not of the web", () => {
    const names = ["example.com", "127.0.0.1", "[::1]"];
    const settings = { allowedHosts: names, allowedOrigins: [...names, "app://*"] };
    const { gateway } = parse(`{ "mcpServers": { ${server} }, "gateway": ${JSON.stringify(settings)} }`);
    expect(gateway).toMatchObject(settings);
  });

  test("has no disabled servers", () => {
    const { servers } = parse(`{ "mcpServers": { ${server}, "old": { "command": "x", "disabled": true } } }`);
    expect(Object.keys(servers)).toEqual(["files"]);
  });

  test.each([
    ["${TOKEN}", "s3cret"],
    ["Bearer ${env:TOKEN}!", "Bearer s3cret!"],
    ["${NONE:-else}", "else"],
    ["${TOKEN:-else}", "s3cret"],
    ["$${TOKEN} costs $5", "${TOKEN} costs $5"],
  ])("has %j expanded to %j", (text, expected) => {
    const { servers } = parse(
      `{ "mcpServers": { "web": { "url": "https://example.com", "headers": { "x": ${JSON.stringify(text)} }, "unguarded": true } } }`,
    );
    expect(servers.web).toMatchObject({ headers: { x: expected } });
  });
});

describe("what is wrong is named with line, column and key:", () => {
  test.each([
    [`{ "mcpServers": { `, /^\/etc\/gateway\.jsonc:1:19: this is no JSON: close brace expected$/],
    ["", /^\/etc\/gateway\.jsonc:1:1: this is no JSON/],
    [`{\n "mcpServers": { ${server} },\n "gatway": {}\n}`, /^\S+:3:2: gatway: there is no such key$/],
    [
      `{ "mcpServers": {\n "files": { "command": "x", "gaurd": "fs" } } }`,
      /^\S+:2:29: mcpServers\.files\.gaurd: there is no such key$/,
    ],
    [`{ "mcpServers": { ${server} },\n "gateway": { "port": 99999 } }`, /^\S+:2:23: gateway\.port: Too big/],
    [`{ "mcpServers": { "a___b": { "command": "x" } } }`, /^\S+:1:19: mcpServers\.a___b: a server's name/],
    [`{ "mcpServers": { ${server}, ${server} } }`, /^\S+:1:72: files: this key is there twice$/],
    [
      `{ "mcpServers": { "files": { "command": "\${NONE}", "unguarded": true } } }`,
      /mcpServers\.files\.command: the environment variable NONE is not set$/,
    ],
    [
      `{ "mcpServers": { "files": { "command": "\${input:key}", "unguarded": true } } }`,
      /files\.command: \$\{input:key\} is no environment variable/,
    ],
    [
      `{ "mcpServers": { "files": { "command": "\${TOKEN", "unguarded": true } } }`,
      /files\.command: \$\{TOKEN does not end with \}/,
    ],
    [`{ "mcpServers": { "files": { "command": "x" } } }`, /mcpServers\.files: a server needs a "guard", or/],
    [
      `{ "mcpServers": { "files": { "command": "x", "guard": "fs" } }, "guards": { "git": { "type": "noop" } } }`,
      /mcpServers\.files\.guard: there is no guard of this name; guards has "git"$/,
    ],
    [
      `{ "mcpServers": { "files": { "command": "x", "guard": "fs" } }, "guards": { "fs": { "path": "fs.wasm" } } }`,
      /mcpServers\.files: neither the server nor its guard has a policy$/,
    ],
    [
      `{ "mcpServers": { ${server} }, "guards": { "fs": { "path": "a", "package": "b" } } }`,
      /guards\.fs: a guard has either a path or a package$/,
    ],
    [
      `{ "mcpServers": { ${server} }, "guards": { "fs": { "package": "./fs.wasm" } } }`,
      /guards\.fs\.package: this names a module in an npm package; a file is a guard's path$/,
    ],
    [
      `{ "mcpServers": { ${server} }, "guards": { "fs": { "path": "a", "limits": { "maxInput": 1 } } } }`,
      /guards\.fs\.limits\.maxInput: there is no such key$/,
    ],
    [
      `{ "mcpServers": { ${server} }, "gateway": { "host": "0.0.0.0", "auth": false } }`,
      /gateway\.auth: without authentication .* not on 0\.0\.0\.0$/,
    ],
    [
      `{ "mcpServers": { ${server} }, "gateway": { "auth": { "keys": [{ "name": "a", "key": "1" }, { "name": "a", "key": "2" }] } } }`,
      /gateway\.auth\.keys\[1\]\.name: another key has this name$/,
    ],
    ...["$ALICE_GATEWAY_KEY", "%ALICE_GATEWAY_KEY%", "{{ALICE_GATEWAY_KEY}}"].map((key): [string, RegExp] => [
      `{ "mcpServers": { ${server} }, "gateway": { "auth": { "keys": [{ "name": "a", "key": "${key}" }] } } }`,
      /gateway\.auth\.keys\[0\]\.key: a key that looks like a variable would be that text itself/,
    ]),
    [
      `{ "mcpServers": { ${server} }, "gateway": { "store": { "url": "redis://user:pa%zz@localhost" } } }`,
      /gateway\.store\.url: the store's URL .* a % in a name or password is written %25$/,
    ],
    [
      `{ "mcpServers": { ${server} }, "gateway": { "store": { "url": "mysql://x" } } }`,
      /gateway\.store\.url: the store is memory:, redis/,
    ],
    ...["redis://localhost:port", "redis://localhost/zero", "redis://localhost/0/1"].map(
      (url): [string, RegExp] => [
        `{ "mcpServers": { ${server} }, "gateway": { "store": { "url": "${url}" } } }`,
        /gateway\.store\.url: the store's URL has a host/,
      ],
    ),
    // Timers cannot be set for longer, and would end at once.
    [
      `{ "mcpServers": { ${server} }, "gateway": { "drainSeconds": 2147484 } }`,
      /gateway\.drainSeconds: Too big/,
    ],
    [
      `{ "mcpServers": { ${server} }, "gateway": { "store": { "timeoutMs": 2147483648 } } }`,
      /gateway\.store\.timeoutMs: Too big/,
    ],
    [
      `{ "mcpServers": { "files": { "command": "x", "guard": "constructor" } } }`,
      /mcpServers\.files\.guard: there is no guard of this name; guards has none$/,
    ],
    [
      `{ "mcpServers": { "files": { "command": "\${constructor}", "unguarded": true } } }`,
      /the environment variable constructor is not set$/,
    ],
    [`{ "mcpServers": {} }`, /^\S+:1:1: there is no enabled server in mcpServers$/],
    [
      `{ "mcpServers": { "web": { "type": "sse", "url": "https://example.com", "unguarded": true } } }`,
      /mcpServers\.web\.type: Invalid option: expected one of "stdio"\|"http"\|"streamable-http"/,
    ],
    [`{ "mcpServers": { "web": "https://example.com" } }`, /mcpServers\.web: a server is an object with a/],
    [
      `{ "mcpServers": { ${server} }, "guards": { "fs": "fs.wasm" } }`,
      /guards\.fs: a guard is an object with a path/,
    ],
    [
      `{ "mcpServers": { ${server} }, "guards": { "fs": { "type": "wsam" } } }`,
      /guards\.fs\.type: Invalid option: expected one of "wasm"\|"noop"\|"write-sink"$/,
    ],
    [
      `{ "mcpServers": { "web": { "command": "x", "unguarded": true, "definitions": "trust" } } }`,
      /mcpServers\.web\.definitions: this is "trusted", or \{/,
    ],
    [
      `{ "mcpServers": { ${server} }, "gateway": { "auth": true } }`,
      /gateway\.auth: this is \{ "keys": \[…\] \}, or false for everybody/,
    ],
    [
      `{ "mcpServers": { "web": { "url": "ftp://example.com", "unguarded": true } } }`,
      /mcpServers\.web\.url: the URL of a server begins with http/,
    ],
    ...[
      [{ "a b": "x" }, /headers\["a b"\]: a header's name has letters/],
      [{ "": "x" }, /a header's name has letters/],
      [{ a: "x\ny" }, /^\S+:1:\d+: mcpServers\.web\.headers\.a: a header's value has no line breaks/],
      [{ a: "\u20ac" }, /headers\.a: a header's value has .* nothing beyond Latin-1$/],
    ].map(([headers, message]): [string, RegExp] => [
      JSON.stringify({ mcpServers: { web: { url: "https://example.com", headers, unguarded: true } } }),
      message as RegExp,
    ]),
    [
      `{ "mcpServers": { "web": { "url": "https://me:secret@example.com", "unguarded": true } } }`,
      /mcpServers\.web\.url: the URL of a server has no user and password: use headers/,
    ],
    ...[
      [{ args: ["a\0"] }, /files\.args\[0\]: a process can be given no text with a NUL in it$/],
      [{ env: { "A=B": "x" } }, /files\.env\["A=B"\]: a variable's name has a character at least/],
      [{ env: { A: "\0" } }, /files\.env\.A: a process can be given no text with a NUL in it$/],
    ].map(([others, message]): [string, RegExp] => [
      JSON.stringify({ mcpServers: { files: { command: "x", unguarded: true, ...(others as object) } } }),
      message as RegExp,
    ]),
    ...["http://example.com", "example.com:8080", "example.com/", "Example.com", "a b", ""].flatMap((name) =>
      ["allowedHosts", "allowedOrigins"].map((key): [string, RegExp] => [
        `{ "mcpServers": { ${server} }, "gateway": { "${key}": ["localhost", ${JSON.stringify(name)}] } }`,
        new RegExp(`gateway\\.${key}\\[1\\]: this is the name of a host only`),
      ]),
    ),
  ])("%s", (text, message) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  test("all of it at once", () => {
    const problems = problemsOf(`{ "mcpServers": { ${server} }, "gateway": { "port": "x", "mode": "lax" } }`);
    expect(problems.map((problem) => problem.split(": ")[1])).toEqual(["gateway.port", "gateway.mode"]);
  });

  test("and what else is wrong with a server of an unknown type", () => {
    const problems = problemsOf(
      `{ "mcpServers": { "web": { "type": "local", "command": "x", "tools": [], "unguarded": true } } }`,
    );
    expect(problems.map((problem) => problem.split(": ")[1])).toEqual([
      "mcpServers.web.type",
      "mcpServers.web.tools",
    ]);
  });

  test("and secrets that were expanded are not shown", () => {
    const [problem] = problemsOf(
      `{ "mcpServers": { ${server} }, "gateway": { "store": { "url": "x\${TOKEN}" } } }`,
    );
    expect(problem).not.toContain(env.TOKEN);
  });
});
