import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, ERAS, textOf } from "../support/clients.js";
import { eventually } from "../support/eventually.js";
import { GatewayProcess } from "../support/gateway-process.js";
import { Recorder } from "../support/recorder.js";
import { filesystemGuard, filesystemServer, Share } from "../support/share.js";

let recorder: Recorder;
let share: Share;

beforeEach(async () => {
  recorder = await Recorder.create();
  share = await Share.create();
});

afterEach(async () => {
  await recorder[Symbol.asyncDispose]();
  await share[Symbol.asyncDispose]();
});

const slow = (ms: number) => ({ name: "forum___slow", arguments: { ms } });

describe("SIGTERM", () => {
  const start = (drainSeconds: number) =>
    GatewayProcess.start({
      mcpServers: { forum: recorder.config({ unguarded: true }) },
      gateway: { port: 0, auth: false, drainSeconds },
    });

  test.each(ERAS)("lets calls of a client of %s end, and loses none", async (era) => {
    await using gateway = await start(30);
    await using client = await connect(`${gateway.url}/mcp`, { era });
    const calls = Array.from({ length: 5 }, () => client.callTool(slow(1_000)));
    await eventually(() => expect(recorder.text.match(/"slow"/g)).toHaveLength(5));
    const ended = gateway.end("SIGTERM");
    for (const call of calls) expect(textOf(await call)).toBe("slept");
    expect(await ended).toBe(0);
    expect(gateway.logs.at(-1)?.message).toBe("the gateway has ended");
  });

  test.each(ERAS)("ends what a client of %s listens to, and does not wait for it", async (era) => {
    await using gateway = await start(30);
    await using client = await connect(`${gateway.url}/mcp`, { era });
    if (era === "2026-07-28") await client.listen({ toolsListChanged: true });
    expect(await gateway.end("SIGTERM")).toBe(0);
    expect(gateway.logs.slice(-2).map(({ message }) => message)).toEqual([
      "the gateway is ending",
      "the gateway has ended",
    ]);
  });

  test("refuses what comes afterwards", async () => {
    await using gateway = await start(30);
    await using client = await connect(`${gateway.url}/mcp`);
    const call = client.callTool(slow(1_500));
    await eventually(() => expect(recorder.text).toContain('"slow"'));
    const ended = gateway.end("SIGTERM");
    await eventually(() => expect(gateway.logs.at(-1)?.message).toBe("the gateway is ending"));
    await expect(client.callTool(slow(0))).rejects.toThrow();
    expect(textOf(await call)).toBe("slept");
    expect(await ended).toBe(0);
  });

  test("aborts what takes too long, and says so", async () => {
    await using gateway = await start(0.2);
    await using client = await connect(`${gateway.url}/mcp`);
    const call = client.callTool(slow(60_000));
    await eventually(() => expect(recorder.text).toContain('"slow"'));
    const ended = gateway.end("SIGTERM");
    await expect(call).rejects.toMatchObject({ code: -32_014, message: expect.stringContaining("ending") });
    expect(await ended).toBe(0);
    await eventually(() => expect(recorder.text).toContain("cancelled"));
  });

  test("a second one does not wait", async () => {
    await using gateway = await start(60);
    await using client = await connect(`${gateway.url}/mcp`);
    // Its client waits for a server that is gone; that is not what this is about.
    client.callTool(slow(60_000)).catch(() => undefined);
    await eventually(() => expect(recorder.text).toContain('"slow"'));
    gateway.signal("SIGTERM");
    await eventually(() => expect(gateway.logs.at(-1)?.message).toBe("the gateway is ending"));
    expect(await gateway.end("SIGINT")).toBe("SIGINT");
  });

  test("is not cut short by a SIGHUP", async () => {
    await using gateway = await start(30);
    await using client = await connect(`${gateway.url}/mcp`);
    const call = client.callTool(slow(1_500));
    await eventually(() => expect(recorder.text).toContain('"slow"'));
    gateway.signal("SIGTERM");
    await eventually(() => expect(gateway.logs.at(-1)?.message).toBe("the gateway is ending"));
    gateway.signal("SIGHUP");
    expect(textOf(await call)).toBe("slept");
    expect(await gateway.ended()).toBe(0);
  });
});

describe("SIGHUP", () => {
  const config = (secrecy: readonly string[]) => ({
    mcpServers: { files: filesystemServer(share, "filter", { secrecy, integrity: [] }) },
    guards: { filesystem: filesystemGuard },
    gateway: { port: 0, auth: false, mode: "filter" },
  });
  const read = { name: "files___read_text_file", arguments: { path: "hr/salaries.csv" } };
  // Servers are connected meanwhile, which is logged, too.
  const logged = ({ logs }: GatewayProcess, message: RegExp) =>
    logs.find((line) => message.test(line.message));

  test("puts another policy in force, and sessions stay", async () => {
    await using gateway = await GatewayProcess.start(config([]));
    await using client = await connect(`${gateway.url}/mcp`);
    expect((await client.callTool(read)).isError).toBe(true);
    await gateway.reload(config(["hr"]));
    await eventually(() => expect(logged(gateway, /were read again/)).toBeDefined());
    expect((await client.callTool(read)).isError ?? false).toBe(false);
    expect(await gateway.end()).toBe(0);
  });

  test.each<[string, (valid: ReturnType<typeof config>) => object, RegExp]>([
    ["no JSON", () => Object.assign([], { toJSON: () => "no object" }), /:1:1: Invalid input/],
    [
      "a guard that is not there",
      (valid) => ({ ...valid, guards: { filesystem: { path: "absent.wasm" } } }),
      /:1:\d+: guards\.filesystem: the guard cannot be loaded: INVALID_MODULE/,
    ],
    [
      "a guard with another hash",
      (valid) => ({
        ...valid,
        guards: { filesystem: { ...filesystemGuard, integrity: `sha256-${"A".repeat(43)}=` } },
      }),
      /guards\.filesystem: the guard cannot be loaded: INTEGRITY/,
    ],
    [
      "a policy that the guard refuses",
      ({ mcpServers: { files }, ...others }) => ({
        ...others,
        mcpServers: { files: { ...files, policy: { filesystem: { mode: "lax" } } } },
      }),
      /mcpServers\.files\.policy: the guard does not accept this policy/,
    ],
    [
      "another server",
      (valid) => ({ ...valid, mcpServers: { ...valid.mcpServers, more: { command: "x", unguarded: true } } }),
      /mcpServers\.more: a server cannot come without a restart/,
    ],
    [
      "a server less",
      ({ mcpServers: { files }, ...others }) => ({ ...others, mcpServers: { other: files } }),
      /the server files is there, and cannot go without a restart/,
    ],
    [
      "another way to a server",
      ({ mcpServers: { files }, ...others }) => ({
        ...others,
        mcpServers: { files: { ...files, args: [] } },
      }),
      /mcpServers\.files\.args: this cannot change without a restart/,
    ],
    [
      "another setting of the gateway",
      (valid) => ({ ...valid, gateway: { ...valid.gateway, mode: "propagate" } }),
      /gateway\.mode: this cannot change without a restart/,
    ],
  ])("with %s changes nothing, and says why", async (_, broken, message) => {
    await using gateway = await GatewayProcess.start(config([]));
    await using client = await connect(`${gateway.url}/mcp`);
    await gateway.reload(broken(config(["hr"])));
    await eventually(() => expect(logged(gateway, /the former one stays/)).toBeDefined());
    expect(logged(gateway, /the former one stays/)?.error).toMatch(message);
    expect((await client.callTool(read)).isError).toBe(true);
    const page = { name: "files___read_text_file", arguments: { path: "public/handbook.md" } };
    expect((await client.callTool(page)).isError ?? false).toBe(false);
  });
});
