import { describe, expect, test } from "vitest";
import { GuardError } from "../../src/error.js";
import { suspendedGuests } from "../../src/exchange/suspended-guests.js";
import { runningGuest } from "../support/running-guest.js";
import { thenable } from "../support/thenable.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const FAILED = -1;
const TOO_SMALL = -2;

describe("a backend that answers later", () => {
  const throwing = () =>
    thenable(() => {
      throw new Error("no");
    });

  test.each<[what: string, backend: () => unknown, status: number]>([
    ["a promise", async () => "x", 3],
    ["a thenable", () => thenable((resolve) => resolve("x")), 3],
    ["a promise of nothing", async () => undefined, 4],
    ["a rejection", () => Promise.reject(new Error("no")), FAILED],
    ["a rejection without reason", () => Promise.reject(), FAILED],
    ["a promise of what JSON cannot express", async () => 1n, FAILED],
    ["a thenable that throws", throwing, FAILED],
  ])("is waited for where the guest can be suspended: %s", async (_what, backend, status) => {
    const { ask, invocation } = runningGuest({ asyncBackend: true, backend });
    const asked = ask("tool", "");
    expect(asked).toBeInstanceOf(Promise);
    expect(await asked).toMatchObject({ status });
    expect(invocation.stopped).toBeUndefined();
  });

  test("has its answer kept like any other", async () => {
    const { ask, callBackend } = runningGuest({ asyncBackend: true, backend: async () => "12345678" });
    expect(await ask("tool", "", 4)).toMatchObject({ status: TOO_SMALL, hint: 10 });
    // Kept, so there is nothing to wait for.
    expect(ask("tool", "", 10)).toMatchObject({ status: 10 });
    expect(callBackend).toHaveBeenCalledOnce();
  });

  test.each<[what: string, backend: () => unknown]>([
    ["resolves", async () => "x"],
    ["rejects", () => Promise.reject(new Error("late"))],
    ["is a thenable that throws", throwing],
  ])(
    "is refused where the guest cannot be suspended, says why, and is forgotten: it %s",
    async (_what, backend) => {
      const { ask, invocation, callBackend } = runningGuest({ backend });
      const { backendSignal } = invocation;
      expect(ask("tool", "")).toMatchObject({ status: FAILED });
      expect(invocation.stopped?.reason).toMatchObject({
        code: "ENGINE_UNAVAILABLE",
        lost: false,
        message:
          "the backend returned a promise, but this engine cannot suspend a guard on this runtime: answer at once",
      });
      // The backend is told, and is not asked again.
      expect(backendSignal.aborted).toBe(true);
      expect(ask("other", "")).toMatchObject({ status: FAILED });
      expect(callBackend).toHaveBeenCalledOnce();
      await nextTurn();
    },
  );

  test.each<
    [what: string, stop: (set: ReturnType<typeof runningGuest>, abort: (reason: unknown) => void) => void]
  >([
    ["the caller aborts", (_set, abort) => abort("stop")],
    [
      "the call fails",
      ({ invocation }) => invocation.fail(new GuardError("CLOSED", "closed", { lost: true })),
    ],
  ])("is left when %s, and may settle as it likes afterwards", async (_what, stop) => {
    const controller = new AbortController();
    let reject: (reason: unknown) => void = () => undefined;
    let signal: AbortSignal | undefined;
    const set = runningGuest({
      asyncBackend: true,
      call: { signal: controller.signal },
      backend: (_tool, _args, options) => {
        signal = options.signal;
        return new Promise((_resolve, rejectIt) => {
          reject = rejectIt;
        });
      },
    });
    const asked = set.ask("tool", "");
    stop(set, (reason) => controller.abort(reason));
    expect(await asked).toMatchObject({ status: FAILED });
    expect(signal?.aborted).toBe(true);
    expect(set.invocation.stopped).toBeDefined();
    reject(new Error("late"));
    await nextTurn();
  });

  test("is left when the deadline passes", async () => {
    const set = runningGuest({
      asyncBackend: true,
      call: { timeoutMs: 5 },
      backend: () => new Promise(() => undefined),
    });
    expect(await set.ask("tool", "")).toMatchObject({ status: FAILED });
    expect(set.invocation.stopped?.reason).toMatchObject({ code: "TIMEOUT", lost: true });
  });
});

describe("a guest, when a thousand others wait for their backends,", () => {
  const never = () => new Promise(() => undefined);

  test("may not ask a backend that could take its time, and its call fails", async () => {
    const controllers = Array.from({ length: 1_000 }, () => new AbortController());
    const waiting = controllers.map(({ signal }) =>
      runningGuest({ asyncBackend: true, backend: never, call: { signal } }).ask("tool", ""),
    );
    expect(suspendedGuests.isFull).toBe(true);
    const { ask, invocation, callBackend } = runningGuest({ asyncBackend: true, backend: () => "x" });
    expect(ask("tool", "")).toMatchObject({ status: FAILED });
    expect(callBackend).not.toHaveBeenCalled();
    expect(invocation.stopped?.reason).toMatchObject({ code: "BUSY", lost: false });
    // It need not wait where it could not.
    expect(runningGuest({ backend: () => "x" }).ask("tool", "")).toMatchObject({ status: 3 });
    controllers[0]?.abort("stop");
    expect(await waiting[0]).toMatchObject({ status: FAILED });
    expect(suspendedGuests.isFull).toBe(false);
    const next = runningGuest({ asyncBackend: true, backend: async () => "x" });
    expect(await next.ask("tool", "")).toMatchObject({ status: 3 });
    for (const controller of controllers) controller.abort("stop");
    await Promise.all(waiting);
  });
});
