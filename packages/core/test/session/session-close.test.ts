import { describe, expect, test } from "vitest";
import type { GuardSession } from "../../src/session/guard-session.js";
import type { Guard } from "../../src/session/loaded-guard.js";
import { type EngineCall, type FakeEngineOptions, gate } from "../support/fake-engine.js";
import { call, loadFake, policy } from "../support/load-fake.js";
import { thrownBy } from "../support/thrown-by.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

const closed = { code: "CLOSED", lost: false, message: "the session is closed" };

describe("closing a session", () => {
  test("that was never used does nothing, and is final", async () => {
    const { session, engine } = await loadFake();
    await session.close();
    expect(engine.events).toEqual(["compile"]);
    await expect(session.labelAgent(policy)).rejects.toMatchObject(closed);
    expect(engine.events).toEqual(["compile"]);
  });

  test("lets the running call finish, refuses the others, then frees the instance", async () => {
    const { opened, open } = gate();
    const { session, engine } = await loadFake({ answer: () => opened });
    const running = session.labelAgent(policy);
    const waiting = [session.labelResource(call), session.labelResponse(call, null)];
    await nextTurn();
    const closing = session.close();
    for (const refused of waiting) await expect(refused).rejects.toMatchObject(closed);
    await expect(session.labelResource(call)).rejects.toMatchObject(closed);
    expect(engine.events).toEqual(["compile", "open 1", "label_agent 1"]);
    open();
    await expect(running).resolves.toMatchObject({ mode: "filter" });
    await closing;
    expect(engine.events.at(-1)).toBe("close 1");
  });

  test("lets an instance that is being opened come to its call", async () => {
    const { opened, open } = gate();
    const { session, engine } = await loadFake({ open: () => opened });
    const running = session.labelAgent(policy);
    const closing = session.close();
    open();
    await running;
    await closing;
    expect(engine.events).toEqual(["compile", "open 1", "label_agent 1", "close 1"]);
  });

  test("may be repeated, and is done once", async () => {
    const { session, engine } = await loadFake();
    await session.labelAgent(policy);
    const closing = session.close();
    expect(session.close()).not.toBe(closing);
    await session.close();
    await closing;
    await session.close();
    await session[Symbol.asyncDispose]();
    expect(engine.events.filter((event) => event === "close 1")).toHaveLength(1);
  });

  test("says when the instance could not be closed, and is final all the same", async () => {
    const failure = new Error("cannot close");
    const { session } = await loadFake({ close: () => Promise.reject(failure) });
    await session.labelAgent(policy);
    expect(await thrownBy(() => session.close())).toBe(failure);
    await expect(session.labelAgent(policy)).rejects.toMatchObject(closed);
  });

  test("leaves the guard and its other sessions alone", async () => {
    const { session, guard, engine } = await loadFake();
    const other = guard.session();
    await Promise.all([session.labelAgent(policy), other.labelAgent(policy)]);
    await session.close();
    await other.labelResource(call);
    await guard.session().labelAgent(policy);
    expect(engine.events.filter((event) => event.startsWith("close"))).toEqual(["close 1"]);
  });
});

describe("closing a guard", () => {
  test("closes its sessions, then itself, and is final", async () => {
    const { session, guard, engine } = await loadFake();
    const unused = guard.session();
    await session.labelAgent(policy);
    await guard.close();
    expect(engine.events).toEqual(["compile", "open 1", "label_agent 1", "close 1", "close guard"]);
    for (const each of [session, unused]) await expect(each.labelAgent(policy)).rejects.toMatchObject(closed);
    expect(() => guard.session()).toThrow(
      expect.objectContaining({ code: "CLOSED", message: "the guard is closed" }),
    );
  });

  test("waits for running calls", async () => {
    const { opened, open } = gate();
    const { session, guard, engine } = await loadFake({ answer: () => opened });
    const running = session.labelAgent(policy);
    await nextTurn();
    const closing = guard.close();
    await nextTurn();
    expect(engine.events).not.toContain("close guard");
    open();
    await running;
    await closing;
    expect(engine.events.slice(-2)).toEqual(["close 1", "close guard"]);
  });

  test("may be repeated, and is done once", async () => {
    const { guard, engine } = await loadFake();
    const closing = guard.close();
    expect(guard.close()).not.toBe(closing);
    await closing;
    await guard[Symbol.asyncDispose]();
    expect(engine.events.filter((event) => event === "close guard")).toHaveLength(1);
  });

  test("goes through everything, and tells of all that went wrong", async () => {
    const failures = { session: new Error("session"), guard: new Error("guard") };
    const { session, guard, engine } = await loadFake({
      close: (instance) => {
        if (instance !== 2) throw failures.session;
      },
      closeGuard: () => Promise.reject(failures.guard),
    });
    for (const each of [session, guard.session(), guard.session()]) await each.labelAgent(policy);
    const error = (await thrownBy(() => guard.close())) as AggregateError;
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.errors).toEqual([failures.session, failures.session, failures.guard]);
    expect(engine.events.slice(-4)).toEqual(["close 1", "close 2", "close 3", "close guard"]);
    expect(await thrownBy(() => guard.close())).toBe(error);
  });

  test("forgets sessions that were closed before, and how that went", async () => {
    const { session, guard, engine } = await loadFake({
      close: () => Promise.reject(new Error("cannot close")),
    });
    await session.labelAgent(policy);
    await expect(session.close()).rejects.toThrow("cannot close");
    await guard.close();
    expect(engine.events.slice(-2)).toEqual(["close 1", "close guard"]);
  });

  test("comes with the end of a block", async () => {
    const { engine } = await (async () => {
      const loaded = await loadFake();
      await using guard = loaded.guard;
      await using session = guard.session();
      await session.labelAgent(policy);
      return loaded;
    })();
    expect(engine.events.slice(-2)).toEqual(["close 1", "close guard"]);
  });
});

describe.each<[what: string, event: string, close: (guard: Guard, session: GuardSession) => Promise<void>]>([
  ["the session", "close 1", (_guard, session) => session.close()],
  ["the guard", "close guard", (guard) => guard.close()],
])("closing %s inside its own backend call", (_what, event, close) => {
  /** A guest whose backend does `act` once, and then answers. */
  async function closingFromInside(
    act: (close: () => Promise<void>) => unknown,
    { asyncBackend = true, ...options }: FakeEngineOptions & { asyncBackend?: boolean } = {},
  ) {
    const { guard, engine } = await loadFake(
      { answer: ask, capabilities: { asyncBackend }, ...options },
      { policyRequired: false },
    );
    const session: GuardSession = guard.session({ backend: () => act(() => close(guard, session)) });
    return { guard, session, engine };
  }

  test("resolves at once; the running call goes on, and the rest happens afterwards", async () => {
    const seen: string[][] = [];
    const { guard, session, engine } = await closingFromInside(async (closeIt) => {
      await nextTurn();
      await closeIt();
      seen.push([...engine.events]);
      await expect(session.labelResource(call)).rejects.toThrow();
    });
    await expect(session.labelResource(call)).resolves.toMatchObject({ operation: "read" });
    expect(seen).toEqual([["compile", "open 1", "label_resource 1"]]);
    await close(guard, session);
    expect(engine.events.at(-1)).toBe(event);
    await expect(session.labelResource(call)).rejects.toMatchObject(closed);
  });

  test("does so where backends must answer at once", async () => {
    const closings: Promise<void>[] = [];
    const { guard, session, engine } = await closingFromInside((closeIt) => void closings.push(closeIt()), {
      asyncBackend: false,
    });
    await session.labelResource(call);
    await Promise.all(closings);
    await close(guard, session);
    expect(engine.events.at(-1)).toBe(event);
  });

  test("may be awaited by others, who wait for the real end, and are told how it went", async () => {
    const failure = new Error("cannot close");
    const { opened, open } = gate();
    const { guard, session, engine } = await closingFromInside(async (closeIt) => {
      await closeIt();
      await opened;
    });
    const failing = await closingFromInside((closeIt) => closeIt(), {
      close: () => Promise.reject(failure),
    });
    const running = session.labelResource(call);
    await nextTurn();
    let ended = false;
    const closing = close(guard, session).then(() => (ended = true));
    await nextTurn();
    expect(ended).toBe(false);
    open();
    await Promise.all([running, closing]);
    expect(engine.events.at(-1)).toBe(event);

    await failing.session.labelResource(call);
    const error = await thrownBy(() => close(failing.guard, failing.session));
    expect(error instanceof AggregateError ? error.errors : [error]).toEqual([failure]);
  });
});

/** Asks the backend once, and answers as ever. */
async function ask({ host }: EngineCall): Promise<undefined> {
  await host.callBackend("tool", null, { signal: new AbortController().signal });
}
