import { describe, expect, test, vi } from "vitest";
import { openMemoryChannel } from "../../src/exchange/memory-channel.js";
import { textOf } from "../support/bytes.js";
import { type AskedBackend, FakeGuest } from "../support/fake-guest.js";
import { anyInput, hosted, openFake, smallBuffers, unreachable } from "../support/open-channel.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

describe("opening", () => {
  test("initialises the guest once, before its first call", async () => {
    const initialize = vi.fn();
    const { guest, call, afterEntry } = await openFake({ initialize });
    expect(initialize).toHaveBeenCalledOnce();
    expect(afterEntry).toHaveBeenCalledTimes(2);
    await call();
    await call();
    expect(initialize).toHaveBeenCalledOnce();
    expect(guest.entered.filter((entry) => entry === "label_resource")).toHaveLength(2);
  });

  test("waits for an initialisation that is suspended", async () => {
    let done = false;
    await openFake({
      initialize: async () => {
        await nextTurn();
        done = true;
      },
    });
    expect(done).toBe(true);
  });

  test("wraps what can be suspended, and nothing else", async () => {
    const guest = new FakeGuest({ initialize: () => undefined });
    const { invocation } = hosted({});
    const wrapped: unknown[] = [];
    await openMemoryChannel({
      instantiate: async () => ({ exports: guest.exports }),
      invocation,
      afterEntry: () => undefined,
      suspendable: (plain) => {
        wrapped.push(plain);
        return plain;
      },
    });
    const { _initialize, label_agent, label_resource, label_response } = guest.exports;
    expect(wrapped).toEqual([_initialize, label_agent, label_resource, label_response]);
  });

  test.each<[what: string, thrown: unknown, error: object]>([
    [
      "a trap",
      new WebAssembly.RuntimeError("unreachable"),
      { code: "TRAPPED", message: expect.stringContaining("trapped (unreachable) in _initialize") },
    ],
    [
      "a stack overflow",
      new RangeError("Maximum call stack size exceeded"),
      { code: "TRAPPED", message: expect.stringContaining("stack") },
    ],
  ])("fails with %s of _initialize", async (_what, thrown, error) => {
    const opening = openFake({
      initialize: () => {
        throw thrown;
      },
    });
    expect(await thrownBy(() => opening)).toMatchObject({ lost: true, cause: thrown, ...error });
  });

  test("fails when there is no memory for an instance", async () => {
    const { invocation } = hosted({});
    const [afterEntry, afterEnd] = [vi.fn(), vi.fn()];
    const cause = new RangeError(
      "WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance",
    );
    const instantiate = () => Promise.reject(cause);
    const opening = openMemoryChannel({ instantiate, invocation, afterEntry, afterEnd });
    expect(await thrownBy(() => opening)).toMatchObject({ code: "OUT_OF_MEMORY", lost: true, cause });
    expect(afterEntry).toHaveBeenCalledOnce();
    expect(afterEnd).toHaveBeenCalledOnce();
  });

  test("says that a guest exited, not that it trapped, when it did so in _initialize", async () => {
    const guest = new FakeGuest({
      initialize: () => {
        invocation.exited(3);
        unreachable();
      },
    });
    const { invocation } = hosted({});
    const opening = openMemoryChannel({
      instantiate: async () => ({ exports: guest.exports }),
      invocation,
      afterEntry: () => undefined,
    });
    expect(await thrownBy(() => opening)).toMatchObject({
      code: "EXITED",
      message: expect.stringContaining("code 3"),
    });
  });

  test("gives _initialize a log, but no backend", async () => {
    const backend = vi.fn();
    const statuses: unknown[] = [];
    const initialize = (guest: FakeGuest) => statuses.push(guest.askBackend("tool", "", 8));
    const { guest } = await openFake({ initialize }, { backend });
    expect(statuses).toEqual([expect.objectContaining({ status: -1 })]);
    expect(guest.entries).toEqual([]);
    expect(backend).not.toHaveBeenCalled();
  });
});

describe("a call", () => {
  test("runs the operation it names", async () => {
    const { channel, guest } = await openFake({ label: (call) => call.answer(call.operation) });
    for (const operation of ["label_agent", "label_resource", "label_response"] as const) {
      expect(textOf(await channel.call(operation, anyInput))).toBe(operation);
    }
    expect(guest.entered.filter((entry) => entry.startsWith("label"))).toEqual([
      "label_agent",
      "label_resource",
      "label_response",
    ]);
  });

  test("is refused when its input is too large, before the guest is entered", async () => {
    const { channel, guest } = await openFake({}, { limits: { ...smallBuffers, maxInputBytes: 4 } });
    expect(await thrownBy(() => channel.call("label_agent", new Uint8Array(5)))).toMatchObject({
      code: "INPUT_TOO_LARGE",
      lost: false,
    });
    expect(guest.entries).toEqual([]);
    await channel.call("label_agent", new Uint8Array(4));
  });

  test("is refused while another one runs, which goes on", async () => {
    const { call } = await openFake({ label: async (running) => running.answer("first") });
    const first = call();
    expect(await thrownBy(() => call())).toMatchObject({ code: "REENTRANT", lost: false });
    expect(textOf(await first)).toBe("first");
    expect(textOf(await call())).toBe("first");
  });

  test("may fail without costing the instance", async () => {
    const { call } = await openFake({
      label: (running) => (running.run === 1 ? -5 : running.answer("fine")),
    });
    expect(await thrownBy(() => call())).toMatchObject({ code: "GUEST_ERROR", lost: false });
    expect(textOf(await call())).toBe("fine");
  });

  test("ends with a copy for the caller alone", async () => {
    const { call, guest } = await openFake({ label: (running) => running.answer("kept") });
    const answer = await call();
    guest.bytes.fill(0);
    await call();
    expect(textOf(answer)).toBe("kept");
  });

  test("passes on what was printed after it, whatever became of it", async () => {
    const { call, afterEntry } = await openFake({
      label: (running) => (running.run === 1 ? running.answer("") : unreachable()),
    });
    afterEntry.mockClear();
    await call();
    expect(afterEntry).toHaveBeenCalledOnce();
    await thrownBy(() => call());
    expect(afterEntry).toHaveBeenCalledTimes(2);
  });

  test("is the end of the instance, once, when the guest is lost or closed, and not before", async () => {
    const lost = await openFake({ label: () => unreachable() });
    expect(lost.afterEnd).not.toHaveBeenCalled();
    await thrownBy(() => lost.call());
    await lost.channel.close();
    expect(lost.afterEnd).toHaveBeenCalledOnce();
    const closed = await openFake({ label: (running) => running.answer("") });
    await closed.call();
    expect(closed.afterEnd).not.toHaveBeenCalled();
    await closed.channel.close();
    await closed.channel.close();
    expect(closed.afterEnd).toHaveBeenCalledOnce();
  });

  test("has budgets of its own", async () => {
    const statuses: number[] = [];
    const { call } = await openFake(
      {
        label: (running) => {
          for (const tool of ["a", "b"])
            statuses.push((running.guest.askBackend(tool, "", 8) as AskedBackend).status);
          return 0;
        },
      },
      { limits: { ...smallBuffers, maxBackendCalls: 1 } },
    );
    await call();
    await call();
    expect(statuses).toEqual([4, -1, 4, -1]);
  });
});

describe("closing", () => {
  test("ends the channel, and may be repeated", async () => {
    const { channel, call, guest } = await openFake();
    await channel.close();
    await channel.close();
    expect(await thrownBy(() => call())).toMatchObject({ code: "CLOSED", lost: true });
    expect(guest.entries).toEqual([]);
  });

  test("resumes a guest that waits for its backend, and fails its call", async () => {
    const resumed: number[] = [];
    const { channel, call } = await openFake(
      {
        label: async (running) => {
          resumed.push((await running.guest.askBackend("tool", "", 8)).status);
          return running.answer("{}");
        },
      },
      { backend: () => new Promise(() => undefined) },
    );
    const running = call();
    await nextTurn();
    await channel.close();
    expect(await thrownBy(() => running)).toMatchObject({ code: "CLOSED", lost: true });
    expect(resumed).toEqual([-1]);
  });

  test("after a call does not disturb what it answered", async () => {
    const { channel, call } = await openFake();
    const answer = await call();
    await channel.close();
    expect(textOf(answer)).toBe("{}");
  });
});
