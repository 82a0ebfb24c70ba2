import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import ajvModule from "ajv/dist/2020.js";
import { parse } from "jsonc-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClient } from "../support/clients.js";
import { GatewayProcess, mainFile } from "../support/gateway-process.js";
import { hasRedis, RedisServer } from "../support/redis-server.js";
import { Share } from "../support/share.js";

const folder = fileURLToPath(new URL("../../examples/", import.meta.url));
const examples = readdirSync(folder);
const schema = createRequire(import.meta.url)("../../dist/schema.json");
const validate = new ajvModule.default({ strict: false }).compile(schema);

let share: Share;
let env: Record<string, string>;

beforeAll(async () => {
  share = await Share.create();
  const keyFile = share.path("bob.key");
  await writeFile(keyFile, "bob-has-a-key-in-a-file\n");
  env = {
    SHARE: share.directory,
    ALICE_KEY: "alice-has-a-long-key",
    BOB_KEY_FILE: keyFile,
    OPERATOR_KEY: "operators-have-long-keys",
    AGENT_KEY: "the-agent-has-a-long-key",
    // Where npx finds what the examples name.
    npm_config_prefix: share.directory,
  };
});

afterAll(() => share?.[Symbol.asyncDispose]());

test("there are examples", () => {
  expect(examples.length).toBeGreaterThan(3);
});

describe.each(examples)("the example %s", (name) => {
  const read = () => parse(readFileSync(folder + name, "utf8"));
  const isShared = read().gateway.store !== undefined;

  test("is what the schema for editors describes", () => {
    validate(read());
    expect(validate.errors).toBeNull();
  });

  test.skipIf(isShared)(
    "serves tools over stdio, as it is (without labels in Redis)",
    async () => {
      const client = createClient("2025-11-25");
      const transport = new StdioClientTransport({
        command: process.execPath,
        args: [mainFile, "--stdio", folder + name],
        env: { ...(process.env as Record<string, string>), ...env },
        stderr: "ignore",
      });
      try {
        await client.connect(transport, { timeout: 150_000 });
        // A server that npx has to fetch first may take more than one attempt.
        await expect
          .poll(async () => (await client.listTools({}, { timeout: 150_000 })).tools, { timeout: 150_000 })
          .not.toEqual([]);
      } finally {
        await client.close();
      }
    },
    180_000,
  );

  test.skipIf(isShared && !hasRedis)(
    `listens over HTTP, and is well${isShared ? " (needs redis-server)" : ""}`,
    async () => {
      await using redis = isShared ? await RedisServer.start() : undefined;
      const config = read();
      // Only where it listens is another place.
      config.gateway = { auth: false, ...config.gateway, port: 0, host: "127.0.0.1" };
      const gatewayEnv = { ...env, REDIS_URL: redis?.url ?? "" };
      await using gateway = await GatewayProcess.start(config, { env: gatewayEnv });
      // The name by which all of them may be reached.
      const health = gateway.url.replace("127.0.0.1", "localhost").concat("/health");
      await expect
        .poll(async () => (await (await fetch(health)).json()).status, { timeout: 150_000 })
        .toBe("ok");
      expect(await gateway.end()).toBe(0);
    },
    180_000,
  );
});

describe("the schema for editors", () => {
  test("describes every key", () => {
    const keys = [...keysOf(schema)];
    expect(keys.length).toBeGreaterThan(60);
    expect(
      keys.filter(([, { description, $ref }]) => description === undefined && $ref === undefined),
    ).toEqual([]);
  });

  test.each([
    [{ mcpServers: { files: { command: "x", gaurd: "y" } } }],
    [{ gateway: { port: "8080" } }],
    [{ guards: { g: { type: "wasm", path: "x", engine: "v8" } } }],
    [{ servers: { web: { type: "sse", url: "https://example.com" } } }],
  ])("refuses %j", (config) => {
    expect(validate(config)).toBe(false);
  });
});

interface Schema {
  readonly description?: string;
  readonly $ref?: string;
}

/** The keys that a schema has properties for, wherever in it, each with what it says of them. */
function* keysOf(node: unknown): Generator<readonly [string, Schema]> {
  if (typeof node !== "object" || node === null) return;
  const { properties } = node as { readonly properties?: Record<string, Schema> };
  if (properties !== undefined) yield* Object.entries(properties);
  for (const part of Object.values(node)) yield* keysOf(part);
}
