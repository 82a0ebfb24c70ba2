import { GuardError, type GuardLogLevel, type JsonHost, suspendedGuests } from "@guardhost/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Letter, Question, Response } from "../../src/mailbox/caller-mailbox.js";
import { OPERATION } from "../../src/mailbox/layout.js";
import type { GuardThread } from "../../src/pool/guard-thread.js";
import { EventLoopDebt } from "../../src/pool/polling.js";
import { ThreadCall } from "../../src/pool/thread-call.js";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const LETTER: Letter = {
  operation: OPERATION.label_agent,
  channel: 1,
  input: new Uint8Array(0),
  timeoutMs: 1_000,
};
const GRACE_MS = 100;

/** A thread whose worker does what the test says, when it says so. */
class FakeThread {
  readonly questions: Question[] = [];
  readonly answers: [question: number, text: string | undefined][] = [];
  readonly holds: boolean[] = [];
  response: Response | undefined;
  failure: GuardError | undefined;
  isStopped = false;
  /** Thrown instead of what there is to take. */
  broken: Error | undefined;
  #wake: (() => void) | undefined;

  hasStarted = true;
  readonly mailbox = {
    isAwake: true,
    hasResponse: () => this.response !== undefined,
    takeResponse: () => {
      if (this.broken !== undefined) throw this.broken;
      return this.response;
    },
    takeQuestion: () => this.questions.shift(),
    answer: (question: number, bytes: Uint8Array | undefined) => {
      this.answers.push([question, bytes && new TextDecoder().decode(bytes)]);
    },
    stop: () => {
      this.isStopped = true;
    },
  };
  readonly polling = { poll: () => false };
  stopCall: unknown;

  post(): void {}

  hold(hold: boolean): void {
    this.holds.push(hold);
  }

  news(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  end(reason: GuardError): void {
    this.failure ??= reason;
    this.#wake?.();
  }

  async ask(number: number, logs: Question["logs"] = []): Promise<void> {
    this.questions.push({ number, tool: "tool", args: "1", logs });
    this.#wake?.();
    await vi.advanceTimersByTimeAsync(0);
  }

  async respond(response: Partial<Response>): Promise<void> {
    this.response = { bytes: new Uint8Array([1]), error: undefined, logs: [], ...response };
    this.#wake?.();
    await vi.advanceTimersByTimeAsync(0);
  }
}

/** A call on its way, and what became of it. */
function callOn(
  thread: FakeThread,
  {
    askBackend = () => new Uint8Array(0),
    signal,
  }: { askBackend?: JsonHost["askBackend"]; signal?: AbortSignal } = {},
) {
  const seen: { outcome: unknown; over: number; parked: boolean; logs: string[] } = {
    outcome: "none",
    over: 0,
    parked: false,
    logs: [],
  };
  const settings = {
    graceMs: GRACE_MS,
    debt: new EventLoopDebt(),
    onParked: () => {
      seen.parked = true;
    },
    onUnparked: () => {
      seen.parked = false;
    },
  };
  const host: JsonHost = {
    askBackend,
    log: (_level: GuardLogLevel, message: string) => seen.logs.push(message),
  };
  const call = new ThreadCall(settings, thread as unknown as GuardThread, {
    host,
    signal,
    onOver: () => seen.over++,
  });
  call.run({ letter: LETTER }).then(
    (bytes) => {
      seen.outcome = [...bytes];
    },
    (error) => {
      seen.outcome = error;
    },
  );
  return { call, seen };
}

const timeout = (lost: boolean) => expect.objectContaining({ code: "TIMEOUT", lost });

test("a call is over when its response is there, and holds the process until then", async () => {
  const thread = new FakeThread();
  const { seen } = callOn(thread);
  expect(thread.holds).toEqual([true]);
  await thread.respond({ logs: [["info", "hello"]] });
  expect(seen).toEqual({ outcome: [1], over: 1, parked: false, logs: ["hello"] });
  expect(thread.holds).toEqual([true, false]);
});

test("why a thread is gone counts for more than what it says when it is told to end", async () => {
  const thread = new FakeThread();
  const { seen } = callOn(thread);
  const gone = new GuardError("TRAPPED", "the thread is gone", { lost: true });
  thread.failure = gone;
  await thread.respond({ error: new GuardError("CLOSED", "stopped", { lost: true }) });
  expect(seen.outcome).toBe(gone);
});

describe("a call that is stopped", () => {
  const lost = new GuardError("CLOSED", "stopped", { lost: true });
  const intact = new GuardError("GUEST_ERROR", "failed", { lost: false });

  test.each([
    { what: "comes through", response: {}, expected: timeout(false) },
    { what: "fails and is intact", response: { error: intact }, expected: timeout(false) },
    { what: "is lost", response: { error: lost }, expected: timeout(true) },
  ])("by its deadline, and whose guest then $what, is TIMEOUT", async ({ response, expected }) => {
    const thread = new FakeThread();
    const { seen } = callOn(thread);
    await vi.advanceTimersByTimeAsync(999);
    expect(thread.isStopped).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(thread.isStopped).toBe(true);
    expect(seen.outcome).toBe("none");
    await thread.respond({ ...response, logs: [["info", "last words"]] });
    expect(seen).toEqual({ outcome: expected, over: 1, parked: false, logs: ["last words"] });
  });

  test.each([{ response: {} }, { response: { error: lost } }])(
    "by an abort has its reason",
    async ({ response }) => {
      const controller = new AbortController();
      const thread = new FakeThread();
      const { seen } = callOn(thread, { signal: controller.signal });
      controller.abort("enough");
      await thread.respond({ ...response, logs: [["info", "last words"]] });
      expect(seen).toEqual({ outcome: "enough", over: 1, parked: false, logs: ["last words"] });
    },
  );

  test("rejects after 5 ms, keeps the thread until that is through, and lets late messages go", async () => {
    const thread = new FakeThread();
    const { call, seen } = callOn(thread);
    call.stop("enough");
    await vi.advanceTimersByTimeAsync(4);
    expect(seen.outcome).toBe("none");
    await vi.advanceTimersByTimeAsync(1);
    expect(seen).toMatchObject({ outcome: "enough", over: 0 });
    await thread.respond({ logs: [["info", "late"]] });
    expect(seen).toMatchObject({ outcome: "enough", over: 1, logs: [] });
    expect(thread.failure).toBeUndefined();
  });

  test("ends its thread when nothing has come of it after the grace period", async () => {
    const thread = new FakeThread();
    const { call, seen } = callOn(thread);
    call.stop("enough");
    await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
    expect(seen.over).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(thread.failure).toMatchObject({ code: "TRAPPED", lost: true });
    expect(seen).toMatchObject({ outcome: "enough", over: 1 });
  });

  test("waits for a thread that has not even started, and does not hold the process for it", async () => {
    const thread = new FakeThread();
    thread.hasStarted = false;
    const { call, seen } = callOn(thread);
    call.stop("enough");
    await vi.advanceTimersByTimeAsync(10 * GRACE_MS);
    expect(thread.failure).toBeUndefined();
    expect(seen).toMatchObject({ outcome: "enough", over: 0 });
    expect(thread.holds[0]).toBe(true);
    expect(new Set(thread.holds.slice(1))).toEqual(new Set([false]));
    await thread.respond({});
    expect(seen.over).toBe(1);
  });

  test("gives a thread that has just started as long as any other to confirm", async () => {
    const thread = new FakeThread();
    thread.hasStarted = false;
    const { call, seen } = callOn(thread);
    call.stop("enough");
    await vi.advanceTimersByTimeAsync(2 * GRACE_MS - 1);
    thread.hasStarted = true;
    await vi.advanceTimersByTimeAsync(GRACE_MS);
    expect(thread.failure).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(thread.failure).toMatchObject({ code: "TRAPPED", lost: true });
    expect(seen).toMatchObject({ outcome: "enough", over: 1 });
  });

  test("by its deadline, on a thread that has not started, says so even if the thread starts just then", async () => {
    const thread = new FakeThread();
    thread.hasStarted = false;
    const { seen } = callOn(thread);
    await vi.advanceTimersByTimeAsync(1_000);
    thread.hasStarted = true;
    await thread.respond({ error: lost });
    expect(seen.outcome).toMatchObject({
      code: "TIMEOUT",
      lost: false,
      message: expect.stringContaining("did not start in time"),
    });
  });

  test("is stopped for the first reason only", async () => {
    const thread = new FakeThread();
    const { call, seen } = callOn(thread);
    call.stop("first");
    call.stop("second");
    await thread.respond({});
    call.stop("third");
    expect(seen.outcome).toBe("first");
  });
});

describe("a backend", () => {
  test("parks the thread until it has answered", async () => {
    const thread = new FakeThread();
    let answer: ((bytes: Uint8Array) => void) | undefined;
    const askBackend = () => new Promise<Uint8Array>((resolve) => (answer = resolve));
    const { seen } = callOn(thread, { askBackend });
    await thread.ask(1, [["info", "asking"]]);
    expect(seen).toMatchObject({ parked: true, logs: ["asking"] });
    answer?.(new TextEncoder().encode("yes"));
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.parked).toBe(false);
    expect(thread.answers).toEqual([[1, "yes"]]);
    await thread.respond({});
  });

  test.each(["resolves", "rejects"])("that %s too late is not listened to", async (how) => {
    const thread = new FakeThread();
    let settle: (() => void) | undefined;
    const askBackend = () =>
      new Promise<Uint8Array>((resolve, reject) => {
        settle = () => (how === "resolves" ? resolve(new Uint8Array(0)) : reject(new Error("late")));
      });
    const { call, seen } = callOn(thread, { askBackend });
    await thread.ask(1);
    call.stop("enough");
    expect(seen.parked).toBe(false);
    settle?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(thread.answers).toEqual([]);
    await thread.respond({});
  });

  test("that answers a question which its guest has given up does not answer the next one", async () => {
    const thread = new FakeThread();
    const settle: ((bytes: Uint8Array) => void)[] = [];
    const askBackend = () => new Promise<Uint8Array>((resolve) => settle.push(resolve));
    callOn(thread, { askBackend });
    await thread.ask(1);
    await thread.ask(2);
    settle[0]?.(new TextEncoder().encode("one"));
    await vi.advanceTimersByTimeAsync(0);
    expect(thread.answers).toEqual([]);
    settle[1]?.(new TextEncoder().encode("two"));
    await vi.advanceTimersByTimeAsync(0);
    expect(thread.answers).toEqual([[2, "two"]]);
    await thread.respond({});
  });

  test("that gives its own call up parks nothing", async () => {
    const thread = new FakeThread();
    const controller = new AbortController();
    const askBackend = () => {
      controller.abort("enough");
      return new Promise<Uint8Array>(() => undefined);
    };
    const { seen } = callOn(thread, { askBackend, signal: controller.signal });
    await thread.ask(1);
    expect(seen.parked).toBe(false);
    await thread.respond({});
    expect(seen.outcome).toBe("enough");
  });

  test("is not asked by a call that is stopped", async () => {
    const thread = new FakeThread();
    const askBackend = vi.fn(() => new Uint8Array(0));
    const { call, seen } = callOn(thread, { askBackend });
    call.stop("enough");
    await thread.ask(1, [["info", "asking"]]);
    expect(askBackend).not.toHaveBeenCalled();
    expect(seen.logs).toEqual(["asking"]);
    await thread.respond({});
  });
});

describe("a backend, when a thousand guests wait for theirs,", () => {
  beforeEach(() => {
    for (let guest = 0; guest < 1_000; guest++) suspendedGuests.enter();
  });

  afterEach(() => {
    for (let guest = 0; guest < 1_000; guest++) suspendedGuests.leave();
    expect(suspendedGuests.isFull).toBe(false);
  });

  const lost = new GuardError("TRAPPED", "trapped", { lost: true });

  test.each<[what: string, error: GuardError | undefined, outcome: object]>([
    ["answers", undefined, { code: "BUSY", lost: false }],
    ["is lost", lost, { code: "TRAPPED", lost: true }],
  ])("is not asked, in all of the call, whatever the guest does: it %s", async (_what, error, outcome) => {
    const thread = new FakeThread();
    const askBackend = vi.fn(() => new Uint8Array(0));
    const { seen } = callOn(thread, { askBackend });
    await thread.ask(1);
    suspendedGuests.leave();
    await thread.ask(2);
    suspendedGuests.enter();
    await thread.respond({ error });
    expect(askBackend).not.toHaveBeenCalled();
    expect(thread.answers).toEqual([
      [1, undefined],
      [2, undefined],
    ]);
    expect(seen).toMatchObject({ outcome, parked: false, over: 1 });
  });

  test("is asked as soon as one goes on, and counts until it has answered", async () => {
    suspendedGuests.leave();
    const thread = new FakeThread();
    let answer: ((bytes: Uint8Array) => void) | undefined;
    const askBackend = () => new Promise<Uint8Array>((resolve) => (answer = resolve));
    const { seen } = callOn(thread, { askBackend });
    await thread.ask(1);
    expect([suspendedGuests.isFull, seen.parked]).toEqual([true, true]);
    answer?.(new Uint8Array(0));
    await vi.advanceTimersByTimeAsync(0);
    expect(suspendedGuests.isFull).toBe(false);
    suspendedGuests.enter();
    await thread.respond({});
    expect(seen.outcome).toEqual([1]);
  });
});

test("a response that makes no sense ends the thread, and the call", async () => {
  const thread = new FakeThread();
  const { seen } = callOn(thread);
  thread.broken = new SyntaxError("not JSON");
  await thread.respond({});
  expect(thread.failure).toMatchObject({ code: "TRAPPED", lost: true, cause: thread.broken });
  expect(seen).toMatchObject({ outcome: thread.failure, over: 1 });
});
