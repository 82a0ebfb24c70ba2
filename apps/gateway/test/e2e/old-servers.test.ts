import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { connect } from "../support/clients.js";
import { eventually } from "../support/eventually.js";
import { GatewayProcess } from "../support/gateway-process.js";

const server = fileURLToPath(new URL("../fixtures/old-server.js", import.meta.url));

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
