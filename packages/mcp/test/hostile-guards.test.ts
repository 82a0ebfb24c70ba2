import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GuardedMcp, guardMcp, type McpSession } from "../src/index.js";
import { text } from "./support/gateway.js";
import {
  ask,
  type Command,
  exit,
  fill,
  growMemory,
  loadZooGuard,
  log,
  plainCall,
  program,
  programCall,
  returnStatus,
  spin,
  trap,
  write,
} from "./support/zoo.js";

let guard: Awaited<ReturnType<typeof loadZooGuard>>;
let guarded: GuardedMcp;
let asked = 0;

const sessionOf = (principal: string): McpSession =>
  guarded.session({
    principal,
    upstream: async () => {
      asked++;
      return text("ok");
    },
  });

beforeAll(async () => {
  guard = await loadZooGuard();
  guarded = guardMcp({ mode: "filter", servers: { server: { guard, policy: {} } } });
});

afterAll(async () => {
  await guarded.close();
  await guard.close();
});

const labels = (text: string) => write(`{"resource":{"secrecy":[],"integrity":[]},"operation":"read"${text}`);

const harms: readonly [string, readonly Command[], string][] = [
  ["traps", [trap("unreachable")], "TRAPPED"],
  ["overflows its stack", [trap("endless recursion")], "TRAPPED"],
  ["exits", [exit(0)], "EXITED"],
  ["spins", [spin], "TIMEOUT"],
  ["answers with a code of its own", [returnStatus(-7)], "GUEST_ERROR"],
  ["lies about the length of its answer", [returnStatus(2_000_000_000)], "PROTOCOL"],
  ["answers with what is no JSON", [write("{")], "INVALID_OUTPUT"],
  ["answers with a bomb of brackets", [write("[".repeat(20_000))], "INVALID_OUTPUT"],
  ["answers with labels that are none", [write('{"resource":{"secrecy":"public"}}')], "INVALID_OUTPUT"],
  [
    "claims every clearance there is",
    [write('{"resource":{"secrecy":["*"],"integrity":[]},"operation":"read"}')],
    "none",
  ],
  [
    "does what is no operation",
    [write('{"resource":{"secrecy":[],"integrity":[]},"operation":"peek"}')],
    "INVALID_OUTPUT",
  ],
];

describe("a guard that", () => {
  test.each(harms)("%s fails its own call, clearly, and no other", async (_, commands, code) => {
    const before = asked;
    const failing = sessionOf("alice").handle("server", programCall(...commands));
    const others = await Promise.all(
      ["bob", "carol"].map((name) => sessionOf(name).handle("server", plainCall)),
    );
    expect(others).toEqual([text("ok"), text("ok")]);
    const result = await failing;
    expect(result).toMatchObject({
      isError: true,
      _meta: { "guardhost/error": { kind: "guardFailed", isExecuted: false } },
    });
    if (code !== "none") expect(result).toMatchObject({ _meta: { "guardhost/error": { guard: code } } });
    expect(asked).toBe(before + 2);
    expect(await sessionOf("alice").handle("server", plainCall)).toEqual(text("ok"));
  });

  test("floods its backend gets no more than its budget, and nothing that it may not call", async () => {
    const before = asked;
    const flood = Array.from({ length: 200 }, (_, i) => ask({ tool: `tool${i}` }));
    await sessionOf("alice").handle("server", programCall(...flood));
    expect(asked - before).toBeLessThanOrEqual(1);
  });

  test("floods a tool that it may call is cut off by its budget", async () => {
    await using asking = guardMcp({ servers: { server: { guard, policy: {}, backendTools: ["tool"] } } });
    let calls = 0;
    const session = asking.session({
      principal: "alice",
      upstream: async () => {
        calls++;
        return text("ok");
      },
    });
    const flood = Array.from({ length: 200 }, (_, i) => ask({ args: `{"i":${i}}` }));
    await session.handle("server", programCall(...flood));
    expect(calls).toBe(guard.limits.maxBackendCalls);
  });

  test("floods its log, or its memory, harms nobody", async () => {
    const flood = Array.from({ length: 2_000 }, () => log(2, "noise"));
    const result = await sessionOf("alice").handle(
      "server",
      programCall(...flood, growMemory(60_000), fill(262_144, 1, 1)),
    );
    expect(result).toBeDefined();
    expect(await sessionOf("alice").handle("server", plainCall)).toEqual(text("ok"));
  });

  test("fails on an answer withholds it, and says that the call was made", async () => {
    const session = guarded.session({
      principal: "alice",
      upstream: async () => text(`secret ${program(trap("unreachable"))}`),
    });
    const result = await session.handle("server", plainCall);
    expect(result).toMatchObject({
      isError: true,
      _meta: { "guardhost/error": { guard: "TRAPPED", isExecuted: true } },
    });
    expect(JSON.stringify(result)).not.toContain("secret");
  });

  test("sends data of its own along with labels sees nothing of it delivered", async () => {
    const session = guarded.session({ principal: "alice", upstream: async () => text('["one"]') });
    const forged = write('{"items":[{"data":"forged","labels":{"secrecy":[],"integrity":[]}}]}');
    const result = await session.handle("server", programCall(labels(',"data":"forged"}'), forged));
    expect(JSON.stringify(result)).not.toContain("forged");
  });
});

test("a client's cancel stops a guard that runs, whose session goes on", async () => {
  await using guard = await loadZooGuard();
  await using guarded = guardMcp({ servers: { server: { guard, policy: {} } } });
  const session = guarded.session({ principal: "alice", upstream: async () => text("ok") });
  expect(await session.handle("server", plainCall)).toEqual(text("ok"));
  const controller = new AbortController();
  const spinning = session.handle("server", programCall(spin), { signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 300);
  await expect(spinning).rejects.toThrow("enough");
  expect(await session.handle("server", plainCall)).toEqual(text("ok"));
  expect(guard.stats()).toMatchObject({ aborts: 1, recoveries: 1 });
});

test("a client's cancel reaches what a guard asks of its server, and so does the guard's own deadline", async () => {
  await using guard = await loadZooGuard();
  await using guarded = guardMcp({
    servers: { server: { guard, policy: {}, backendTools: ["tool"], timeoutMs: 3_000 } },
  });
  let isAsked: (() => void) | undefined;
  const reasons: unknown[] = [];
  const session = guarded.session({
    principal: "alice",
    upstream: (_server, _request, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason);
          reject(signal.reason);
        });
        isAsked?.();
      }),
  });
  const controller = new AbortController();
  isAsked = () => controller.abort(new Error("enough"));
  const { signal } = controller;
  await expect(session.handle("server", programCall(ask()), { signal })).rejects.toThrow("enough");
  await expect.poll(() => reasons).toHaveLength(1);
  isAsked = undefined;
  expect(await session.handle("server", programCall(ask()))).toMatchObject({
    _meta: { "guardhost/error": { guard: "TIMEOUT" } },
  });
  await expect.poll(() => reasons).toHaveLength(2);
});
