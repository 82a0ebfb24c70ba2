import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gatewayConfig } from "../src/config/gateway-config.js";
import { parseConfig } from "../src/config/load-config.js";
import { httpServer, stdioServer } from "../src/config/server-config.js";

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

test("the README's configuration can be used", () => {
  const [, block = ""] = /```jsonc\n([\s\S]*?)```/.exec(read("README.md")) ?? [];
  const env = { SHARE: "/srv", ALICE_KEY: "alice-has-a-long-key" };
  const { servers } = parseConfig(block, { file: "gateway.jsonc", env });
  expect(Object.keys(servers)).toEqual(["files"]);
});

describe("every key is described in the README or the page for operators:", () => {
  const text = read("README.md") + read("docs/operating.md");
  const notUsed = ["description", "autoApprove", "alwaysAllow", "type"];
  const ofGateway = Object.keys(gatewayConfig.shape).filter((key) => !/^log/.test(key));
  const ofServers = [...Object.keys(stdioServer.shape), ...Object.keys(httpServer.shape)];
  test.each([...new Set([...ofGateway, ...ofServers])].filter((key) => !notUsed.includes(key)))(
    "%s",
    (key) => {
      expect(text).toContain(key);
    },
  );
});
