import { describe, expect, test, vi } from "vitest";
import { GuardError } from "../../src/error.js";
import { textOf } from "../support/bytes.js";
import { countingController } from "../support/counting-signal.js";
import type { AskedBackend, FakeGuest } from "../support/fake-guest.js";
import { openFake, unreachable } from "../support/open-channel.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

describe("an exit", () => {
  test("is told from a trap, at any code (W24)", async () => {
    for (const code of [0, 1, -1]) {
      const { call, invocation } = await openFake({
        label: () => {
          invocation.exited(code);
          return unreachable();
        },
      });
      expect(await thrownBy(() => call())).toMatchObject({ code: "EXITED", lost: true });
      expect(await thrownBy(() => call())).toMatchObject({ code: "CLOSED", lost: true });
    }
  });

  test("counts although the guest goes on as if nothing had happened", async () => {
    const { call, invocation } = await openFake({
      label: (running) => {
        invocation.exited(0);
        return running.answer("{}");
      },
    });
    expect(await thrownBy(() => call())).toMatchObject({ code: "EXITED", lost: true });
  });
});

describe("an abort", () => {
  const reason = new Error("stop");

  test("before the call keeps the guest from being entered", async () => {
    const { call, guest } = await openFake();
    expect(await thrownBy(() => call({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(guest.entries).toEqual([]);
  });

  test.each<[what: string, status: (guest: FakeGuest) => number]>([
    ["returns an answer", () => 2],
    ["returns an error", () => -1],
    ["wants a larger buffer", () => -2],
    ["traps", unreachable],
  ])("during the call counts more than what the guest makes of it: it %s", async (_what, status) => {
    const controller = new AbortController();
    const { call, guest } = await openFake({
      label: (running) => {
        controller.abort(reason);
        return status(running.guest);
      },
    });
    expect(await thrownBy(() => call({ signal: controller.signal }))).toBe(reason);
    expect(guest.entered.filter((entry) => entry === "label_resource")).toHaveLength(1);
    // The contract of channels: after such a rejection the instance is lost.
    expect(await thrownBy(() => call())).toMatchObject({ code: "CLOSED", lost: true, cause: reason });
  });

  test("reaches a guest that waits for its backend, which is resumed with a failure", async () => {
    const controller = new AbortController();
    let backendSignal: AbortSignal | undefined;
    const resumed: AskedBackend[] = [];
    const { call, guest } = await openFake(
      {
        label: async (running) => {
          resumed.push(await running.guest.askBackend("tool", "", 8));
          return running.answer("{}");
        },
      },
      {
        backend: (_tool, _args, { signal }) => {
          backendSignal = signal;
          return new Promise(() => undefined);
        },
      },
    );
    const running = call({ signal: controller.signal });
    await nextTurn();
    expect(resumed).toEqual([]);
    controller.abort(reason);
    expect(await thrownBy(() => running)).toBe(reason);
    expect(backendSignal?.reason).toBe(reason);
    expect(resumed).toEqual([expect.objectContaining({ status: -1 })]);
    // It came to its end, so it was cleaned up after.
    expect(guest.entered.slice(-2)).toEqual(["dealloc", "dealloc"]);
  });

  test("passes its reason on itself, even one that is a GuardError, whatever the guest does then", async () => {
    const own = new GuardError("TIMEOUT", "the caller's own");
    for (const label of [() => undefined, trapped]) {
      const controller = new AbortController();
      const { call } = await openFake(
        {
          label: async (running) => {
            await running.guest.askBackend("tool", "", 8);
            label();
            return running.answer("{}");
          },
        },
        {
          backend: () => {
            controller.abort(own);
            return null;
          },
        },
      );
      expect(await thrownBy(() => call({ signal: controller.signal }))).toBe(own);
      expect(await thrownBy(() => call())).toMatchObject({ code: "CLOSED", lost: true, cause: own });
    }
  });

  test("has no listener left once the call is over", async () => {
    const { signal, listeners, added } = countingController();
    const { call } = await openFake(
      {
        label: async (running) => {
          await running.guest.askBackend("tool", "", 8);
          return running.answer("{}");
        },
      },
      { backend: async () => null },
    );
    await call({ signal });
    expect(added()).toBeGreaterThan(0);
    expect(listeners()).toBe(0);
  });

  test("after the call does nothing", async () => {
    const controller = new AbortController();
    const { call } = await openFake();
    await call({ signal: controller.signal });
    controller.abort(reason);
    await call();
  });
});

describe("the deadline", () => {
  test("reaches a guest that waits for its backend", async () => {
    const resumed: number[] = [];
    const { call } = await openFake(
      {
        label: async (running) => {
          resumed.push((await running.guest.askBackend("tool", "", 8)).status);
          return running.answer("{}");
        },
      },
      { backend: () => new Promise(() => undefined) },
    );
    expect(await thrownBy(() => call({ timeoutMs: 5 }))).toMatchObject({ code: "TIMEOUT", lost: true });
    expect(resumed).toEqual([-1]);
    expect(await thrownBy(() => call())).toMatchObject({ code: "CLOSED", lost: true });
  });

  test("makes an answer that comes after it worthless, and leaves the instance intact", async () => {
    const clocks = [vi.spyOn(performance, "now"), vi.spyOn(Date, "now")];
    for (const clock of clocks) clock.mockReturnValue(1_000);
    const { call } = await openFake({
      label: (running) => {
        if (running.run === 1) for (const clock of clocks) clock.mockReturnValue(2_000);
        return running.answer("{}");
      },
    });
    expect(await thrownBy(() => call({ timeoutMs: 500 }))).toMatchObject({ code: "TIMEOUT", lost: false });
    expect(textOf(await call({ timeoutMs: 500 }))).toBe("{}");
    for (const clock of clocks) clock.mockRestore();
  });

  test("ends the call between two attempts, and leaves the instance intact", async () => {
    const clocks = [vi.spyOn(performance, "now"), vi.spyOn(Date, "now")];
    for (const clock of clocks) clock.mockReturnValue(1_000);
    const { call } = await openFake({
      label: (running) => {
        for (const clock of clocks) clock.mockReturnValue(2_000);
        return running.run === 1 ? -2 : running.answer("{}");
      },
    });
    expect(await thrownBy(() => call({ timeoutMs: 500 }))).toMatchObject({ code: "TIMEOUT", lost: false });
    expect(textOf(await call())).toBe("{}");
    for (const clock of clocks) clock.mockRestore();
  });
});

describe("a failure that a host function has recorded", () => {
  const failure = new GuardError("ENGINE_UNAVAILABLE", "why it fails");

  test.each<[what: string, status: () => number, lost: boolean]>([
    ["although the guest answers", () => 0, false],
    ["rather than the guest's own error", () => -1, false],
    ["rather than another attempt", () => -2, false],
    ["rather than a trap, but the instance is lost", unreachable, true],
    ["rather than a broken protocol, but the instance is lost", () => 65, true],
  ])("is what the call ends with, %s", async (_what, status, lost) => {
    const { call, invocation } = await openFake({
      label: () => {
        invocation.fail(failure);
        return status();
      },
    });
    const error = await thrownBy(() => call());
    expect(error).toMatchObject({ code: "ENGINE_UNAVAILABLE", message: "why it fails", lost });
    if (lost) expect((error as GuardError).cause).toMatchObject({ lost: true });
    else expect(error).toBe(failure);
  });
});

function trapped(): never {
  throw new WebAssembly.RuntimeError("unreachable");
}
