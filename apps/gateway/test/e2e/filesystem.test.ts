import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, ERAS, textOf } from "../support/clients.js";
import { GatewayProcess } from "../support/gateway-process.js";
import { filesystemGuard, filesystemServer, SECRET, Share } from "../support/share.js";

const ALICE = "alice-has-a-long-key";

let share: Share;
let gateway: GatewayProcess;

beforeAll(async () => {
  share = await Share.create();
  gateway = await GatewayProcess.start({
    mcpServers: { files: filesystemServer(share, "filter", { secrecy: [], integrity: [] }) },
    guards: { filesystem: filesystemGuard },
    gateway: { port: 0, mode: "filter", auth: { keys: [{ name: "alice", key: ALICE }] } },
  });
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await share?.[Symbol.asyncDispose]();
});

describe.each(ERAS)("a client of %s", (era) => {
  describe.each([
    ["unified", "/mcp", "files___"],
    ["routed", "/mcp/files", ""],
  ])("over %s HTTP", (_, path, prefix) => {
    const open = () => connect(gateway.url + path, { era, key: ALICE });

    test("lists tools", async () => {
      await using client = await open();
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toContain(`${prefix}read_text_file`);
    });

    test("reads what is public", async () => {
      await using client = await open();
      const call = { name: `${prefix}read_text_file`, arguments: { path: "public/handbook.md" } };
      const result = await client.callTool(call);
      expect(result).toMatchObject({ content: [{ type: "text", text: "Be kind.\n" }] });
      expect(result.isError ?? false).toBe(false);
    });

    test("does not read what is secret", async () => {
      await using client = await open();
      const call = { name: `${prefix}read_text_file`, arguments: { path: "hr/salaries.csv" } };
      const result = await client.callTool(call);
      expect(result.isError).toBe(true);
      expect(JSON.stringify(result)).not.toContain(SECRET);
    });

    test("gets a listing of lines as a whole, or not at all", async () => {
      await using client = await open();
      const list = (path: string) =>
        client.callTool({ name: `${prefix}list_directory`, arguments: { path } });
      expect(textOf(await list("public"))).toBe("[FILE] handbook.md\n[FILE] press.md");
      const refused = await list(".");
      expect(refused.isError).toBe(true);
      expect(JSON.stringify(refused)).not.toMatch(/public|hr/);
    });

    test("gets a listing without what is secret", async () => {
      await using client = await open();
      const result = await client.callTool({ name: `${prefix}directory_tree`, arguments: { path: "." } });
      const [block] = result.content as readonly { readonly text: string }[];
      expect(JSON.parse(block?.text ?? "")).toEqual([
        { name: "public", type: "directory", children: [expect.anything(), expect.anything()] },
      ]);
      expect(textOf(result)).toContain("[Filtered] Removed by the secrecy policy");
      expect(JSON.stringify(result)).not.toContain("salaries");
    });
  });
});

test("SIGTERM ends it with status 0", async () => {
  expect(await gateway.end()).toBe(0);
});
