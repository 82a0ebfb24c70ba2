import { describe, expect, test, vi } from "vitest";
import { AllocatedBuffers } from "../../src/exchange/buffers.js";
import type { Invocation } from "../../src/exchange/invocation.js";
import { MAX_JSON_DEPTH } from "../../src/json/parse-untrusted-json.js";
import type { GuestMemory } from "../../src/memory/guest-memory.js";
import { bytesOf } from "../support/bytes.js";
import type { AskedBackend } from "../support/fake-guest.js";
import { runningGuest } from "../support/running-guest.js";
import { unreadableThenable } from "../support/thenable.js";
import { expectNoUnhandledRejections } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const FAILED = -1;
const TOO_SMALL = -2;

describe("call_backend", () => {
  test.each<[args: string, value: unknown]>([
    ["", null],
    ["null", null],
    ["{}", {}],
    ['{"a":[1,"é"]}', { a: [1, "é"] }],
    ["5", 5],
    ['"x"', "x"],
    [" [ ] ", []],
  ])("passes on the tool's name and its arguments: %j", (args, value) => {
    const { ask, callBackend } = runningGuest();
    ask("tool_é", args);
    expect(callBackend).toHaveBeenCalledExactlyOnceWith("tool_é", value, { signal: expect.any(AbortSignal) });
  });

  test("takes any bytes for a name, and none at all", () => {
    const { guest, callRaw, callBackend } = runningGuest();
    guest.bytes.set([0x61, 0xff, 0x62], 100);
    callRaw(100, 3, 0, 0, 512, 8);
    callRaw(0, 0, 0, 0, 512, 8);
    expect(callBackend.mock.calls.map(([tool]) => tool)).toEqual(["a\ufffdb", ""]);
  });

  test("keeps prototype-like keys of the arguments as data", () => {
    const { ask, callBackend } = runningGuest();
    ask("tool", '{"__proto__":{"admin":true}}');
    const args = callBackend.mock.calls[0]?.[1] as Record<string, unknown>;
    expect(Object.keys(args)).toEqual(["__proto__"]);
    expect(args.admin).toBeUndefined();
  });

  test.each<[answer: unknown, json: string]>([
    [{ a: 1 }, '{"a":1}'],
    ["é", '"é"'],
    [null, "null"],
    [undefined, "null"],
    [0, "0"],
    [false, "false"],
    ["", '""'],
    [["\ud800"], '["\ufffd"]'],
    [{ content: [], isError: true }, '{"content":[],"isError":true}'],
  ])("answers with %j as JSON", (answer, json) => {
    const { ask } = runningGuest({ backend: () => answer });
    expect(ask("tool", "")).toMatchObject({ status: bytesOf(json).length, result: json });
  });

  describe("answers -1", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);

    test.each<[what: string, args: string]>([
      ["arguments that are not JSON", "{"],
      ["blank arguments", " "],
      ["arguments after a byte order mark", "\ufeff{}"],
      ["arguments that nest too deeply", "[".repeat(MAX_JSON_DEPTH + 1) + "]".repeat(MAX_JSON_DEPTH + 1)],
    ])("to %s, and leaves the backend alone", (_what, args) => {
      const { ask, callBackend } = runningGuest();
      expect(ask("tool", args)).toMatchObject({ status: FAILED });
      expect(callBackend).not.toHaveBeenCalled();
    });

    test.each<[what: string, backend: () => unknown]>([
      [
        "throws",
        () => {
          throw new Error("no");
        },
      ],
      [
        "throws nothing",
        () => {
          throw undefined;
        },
      ],
      ["answers with a cycle", () => cycle],
      ["answers with a BigInt", () => 1n],
      ["answers with a function", () => () => 1],
      ["answers with a symbol", () => Symbol("s")],
      [
        "answers with something whose JSON throws",
        () => ({
          toJSON: () => {
            throw new Error("no");
          },
        }),
      ],
      ["answers with something whose then throws", () => unreadableThenable],
    ])("to a backend that %s", (_what, backend) => {
      const { ask, invocation } = runningGuest({ backend });
      expect(ask("tool", "")).toMatchObject({ status: FAILED });
      expect(invocation.stopped).toBeUndefined();
    });

    const SIZE = 2 * 65_536;
    test.each<[what: string, parameters: [number, number, number, number, number, number]]>([
      ["a name beyond the memory", [SIZE - 1, 2, 0, 0, 512, 8]],
      ["a name at the end of 32 bits", [-1, 1, 0, 0, 512, 8]],
      ["an empty name beyond the memory", [SIZE + 1, 0, 0, 0, 512, 8]],
      ["a name of 4 GiB", [0, -1, 0, 0, 512, 8]],
      ["arguments beyond the memory", [0, 0, SIZE - 1, 2, 512, 8]],
      ["arguments of 2 GiB", [0, 0, 0, -2_147_483_648, 512, 8]],
      ["a name beyond its limit", [0, 1_001, 0, 0, 512, 8]],
      ["arguments beyond their limit", [0, 0, 0, 1_001, 512, 8]],
    ])("to %s, before anything is asked", (_what, parameters) => {
      const { callRaw, callBackend } = runningGuest({ limits: { maxBackendArgsBytes: 1_000 } });
      expect(callRaw(...parameters)).toBe(FAILED);
      expect(callBackend).not.toHaveBeenCalled();
    });

    test("not to arguments that are as long as they may be", () => {
      const { ask } = runningGuest({ limits: { maxBackendArgsBytes: 100 } });
      expect(ask("tool", `"${"x".repeat(98)}"`)).toMatchObject({ result: "null" });
    });

    test.each<[what: string, result: number, capacity: number]>([
      ["where the result does not lie in the memory", SIZE - 3, 8],
      ["where it would wrap around", -1, 8],
    ])("%s", (_what, result, capacity) => {
      const { callRaw } = runningGuest();
      expect(callRaw(0, 0, 0, 0, result, capacity)).toBe(FAILED);
    });

    test("before the guest has a memory, as in a start section", () => {
      const { ask, invocation, callBackend } = runningGuest();
      invocation.memory = undefined;
      expect(ask("tool", "")).toMatchObject({ status: FAILED });
      expect(callBackend).not.toHaveBeenCalled();
    });

    test.each<[when: string, stop: (invocation: Invocation, abort: () => void) => void]>([
      ["outside of a call", (invocation) => invocation.end()],
      ["after an abort", (_invocation, abort) => abort()],
      ["after an exit", (invocation) => invocation.exited(1)],
    ])("%s", (_when, stop) => {
      const controller = new AbortController();
      const { ask, invocation, callBackend } = runningGuest({ call: { signal: controller.signal } });
      stop(invocation, () => controller.abort());
      expect(ask("tool", "")).toMatchObject({ status: FAILED });
      expect(callBackend).not.toHaveBeenCalled();
    });

    test.each<[what: string, parameters: [number, number, number, number, number, number], words: string]>([
      ["arguments that are not JSON", [0, 0, 64, 1, 512, 8], "the text is not JSON"],
      ["a name beyond the memory", [SIZE - 1, 2, 0, 0, 512, 8], `2 bytes at ${SIZE - 1} end beyond the`],
      ["a result beyond the memory", [0, 0, 0, 0, -1, 8], "4 bytes at 4294967295 end beyond the"],
      ["a call too many", [0, 0, 0, 0, 512, 8], "no backend call is left"],
    ])("to %s, and the guard's log says why", (what, parameters, words) => {
      const log = vi.fn();
      const { callRaw, guest } = runningGuest({
        log,
        limits: { maxBackendCalls: what === "a call too many" ? 0 : 1 },
      });
      guest.bytes.set(bytesOf("{"), 64);
      expect(callRaw(...parameters)).toBe(FAILED);
      expect(log).toHaveBeenCalledExactlyOnceWith("warn", expect.stringContaining(`(call_backend: ${words}`));
    });

    test("to what only the backend knows of, which is not the guard's to log", () => {
      const log = vi.fn();
      const backend = () => {
        throw new Error("secret");
      };
      expect(runningGuest({ backend, log }).ask("tool", "")).toMatchObject({ status: FAILED });
      expect(log).not.toHaveBeenCalled();
    });

    test("once the budget is used up, over all attempts of a call (W32)", () => {
      const { ask, invocation, callBackend } = runningGuest({ limits: { maxBackendCalls: 3 } });
      const statuses = () => ["a", "b", "c"].map((tool) => (ask(tool, "") as AskedBackend).status);
      expect(statuses()).toEqual([4, 4, 4]);
      expect(statuses()).toEqual([FAILED, FAILED, FAILED]);
      invocation.beforeAttempt();
      // What was answered before is answered again, for nothing.
      expect(statuses()).toEqual([4, 4, 4]);
      expect(ask("d", "")).toMatchObject({ status: FAILED });
      expect(callBackend).toHaveBeenCalledTimes(3);
    });

    test("for failures, which count as well", () => {
      const { ask, callBackend } = runningGuest({
        limits: { maxBackendCalls: 2 },
        backend: () => {
          throw new Error("no");
        },
      });
      for (let i = 0; i < 4; i++) ask("tool", "");
      expect(callBackend).toHaveBeenCalledTimes(2);
    });
  });

  describe("answers -2", () => {
    const backend = () => "12345678";
    const MARK = 0x2a2a2a2a;

    test.each<[what: string, capacity: number, status: number, hint: number]>([
      ["to a buffer that is a byte too small, with the size that would do", 9, TOO_SMALL, 10],
      ["to a buffer that just holds the hint", 4, TOO_SMALL, 10],
      ["to a smaller one, without a hint", 3, TOO_SMALL, MARK],
      ["to none, without a hint", 0, TOO_SMALL, MARK],
    ])("%s", (_what, capacity, status, hint) => {
      const { ask, guest } = runningGuest({ backend });
      guest.bytes.fill(0x2a);
      expect(ask("tool", "", capacity)).toMatchObject({ status, hint });
    });

    test("not to a buffer that just fits", () => {
      const { ask } = runningGuest({ backend });
      expect(ask("tool", "", 10)).toMatchObject({ status: 10, result: '"12345678"' });
    });

    test("not to a buffer of 4 GiB, which is signed to JavaScript", () => {
      const { ask } = runningGuest({ backend });
      expect(ask("tool", "", -1)).toMatchObject({ status: 10 });
    });

    test("with the hint lost where its place is not in the memory", () => {
      const { callRaw } = runningGuest({ backend });
      expect(callRaw(0, 0, 0, 0, -1, 4)).toBe(TOO_SMALL);
      expect(callRaw(0, 0, 0, 0, 2 * 65_536 - 3, 4)).toBe(TOO_SMALL);
    });

    test("and keeps the result for when the guest asks again (W39)", () => {
      let count = 0;
      const { ask, callBackend } = runningGuest({
        backend: () => `${++count}`.repeat(8),
        limits: { maxBackendCalls: 2 },
      });
      expect(ask("tool", "{}", 4)).toMatchObject({ status: TOO_SMALL, hint: 10 });
      expect(ask("tool", "{}", 5)).toMatchObject({ status: TOO_SMALL, hint: 10 });
      // Other arguments are another question.
      expect(ask("tool", "[]", 10)).toMatchObject({ result: '"22222222"' });
      expect(ask("tool", "{}", 10)).toMatchObject({ result: '"11111111"' });
      expect(callBackend).toHaveBeenCalledTimes(2);
      // Once the guest has it, the same question is a new one.
      expect(ask("tool", "{}", 10)).toMatchObject({ status: FAILED });
    });

    test("without keeping what is larger than an answer of the guest may be", () => {
      const { ask, callBackend } = runningGuest({
        backend: () => "x".repeat(100),
        limits: { initialOutputBytes: 64, maxOutputBytes: 64 },
      });
      expect(ask("tool", "", 8)).toMatchObject({ status: TOO_SMALL, hint: 102 });
      expect(ask("tool", "", 102)).toMatchObject({ status: 102 });
      expect(callBackend).toHaveBeenCalledTimes(2);
    });
  });

  test("gives the next attempt what the last one got, in the same order (W32)", () => {
    let count = 0;
    const { ask, invocation, callBackend } = runningGuest({ backend: () => ++count });
    const attempt = () => ["a", "a", "b", "a"].map((tool) => (ask(tool, "") as AskedBackend).result);
    expect(attempt()).toEqual(["1", "2", "3", "4"]);
    invocation.beforeAttempt();
    expect(attempt()).toEqual(["1", "2", "3", "4"]);
    expect(callBackend).toHaveBeenCalledTimes(4);
  });

  test("finds the guest's memory of the moment after the backend has answered", async () => {
    const { ask, guest } = runningGuest({ asyncBackend: true, backend: async () => "x" });
    const asked = ask("tool", "");
    guest.memory.grow(1);
    expect(await asked).toMatchObject({ result: '"x"' });
  });
});

describe("call_backend in an allocator", () => {
  const statusOf = (asked: AskedBackend | Promise<AskedBackend>) => (asked as AskedBackend).status;

  test("answers -1 and asks nobody, also after the allocator of another guest has run within", () => {
    const [asking, other] = [runningGuest(), runningGuest()];
    const memoryOf = ({ invocation }: { invocation: Invocation }) => invocation.memory as GuestMemory;
    const statuses: unknown[] = [];
    const ask = () => statuses.push(statusOf(asking.ask("tool", "")));
    const others = new AllocatedBuffers(memoryOf(other), () => 2_048, ask);
    const alloc = (size: number) => {
      ask();
      expect(statusOf(other.ask("tool", ""))).toBe(4);
      others.release({ input: 8, output: 8 }, 1, 1);
      ask();
      return 1_024 + 8 * size;
    };
    const buffers = new AllocatedBuffers(memoryOf(asking), alloc, ask);
    const acquired = buffers.acquire(1, 2);
    expect(statuses).toEqual([FAILED, 4, 4, FAILED, FAILED, 4, 4, FAILED]);
    statuses.length = 0;
    buffers.release(acquired, 1, 2);
    expect(statuses).toEqual([FAILED, FAILED]);
    expect(statusOf(asking.ask("tool", ""))).toBe(4);
  });

  test("answers again once an allocator has trapped", () => {
    const { ask, invocation } = runningGuest();
    const trap = () => {
      throw new WebAssembly.RuntimeError("unreachable");
    };
    const buffers = new AllocatedBuffers(invocation.memory as GuestMemory, trap, trap);
    expect(() => buffers.acquire(1, 1)).toThrow("trapped");
    expect(statusOf(ask("tool", ""))).toBe(4);
  });
});
