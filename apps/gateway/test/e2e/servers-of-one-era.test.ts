import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { connect } from "../support/clients.js";
import { eventually } from "../support/eventually.js";
import { GatewayProcess } from "../support/gateway-process.js";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const server = fixture("old-server.js");

test("servers that take a question about the newer era badly are served in the older one", async () => {
  const started = (manner: string) => ({
    command: process.execPath,
    args: [server, manner],
    unguarded: true,
  });
  await using gateway = await GatewayProcess.start({
    mcpServers: { silent: started("silent"), abrupt: started("abrupt") },
    gateway: { port: 0, auth: false },
  });
  await using client = await connect(`${gateway.url}/mcp`);
  await eventually(async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["silent___old", "abrupt___old"]);
  });
  expect(await gateway.end()).toBe(0);
});

test("a server of the newer era only is served, however long it takes to start", async () => {
  // Longer than the first question about the newer era waits.
  const newer = { command: process.execPath, args: [fixture("newer-server.js"), "5500"], unguarded: true };
  await using gateway = await GatewayProcess.start({
    mcpServers: { newer },
    gateway: { port: 0, auth: false },
  });
  await using client = await connect(`${gateway.url}/mcp`);
  await eventually(async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["newer___new"]);
  });
  expect(await gateway.end()).toBe(0);
});
