import { describe, expect, test } from "vitest";
import {
  type BackendCall,
  type BackendCaller,
  isAwaited,
  noteWait,
  wouldWaitForItself,
} from "../../src/session/backend-scope.js";

/** A session that waits for a backend call of its own. */
function waiting(outer?: BackendCall) {
  const session = { pending: undefined as BackendCall | undefined };
  const call: BackendCall = { session, outer, waitsFor: new Set(), settled: false };
  session.pending = call;
  return { session: session as BackendCaller, call };
}

describe("wouldWaitForItself", () => {
  test("is never said of who is in no backend call", () => {
    expect(wouldWaitForItself(undefined, [waiting().session])).toBe(false);
  });

  test("finds the circle through any number of sessions, and any of those that are waited for", () => {
    const [first, second, third, apart] = [waiting(), waiting(), waiting(), waiting()];
    noteWait(second.call, third.session);
    noteWait(second.call, apart.session);
    noteWait(third.call, first.session);
    expect(wouldWaitForItself(first.call, [second.session])).toBe(true);
    expect(wouldWaitForItself(first.call, [apart.session, third.session])).toBe(true);
    expect(wouldWaitForItself(first.call, [apart.session])).toBe(false);
    expect(wouldWaitForItself(apart.call, [second.session])).toBe(true);
  });

  test("forgets a wait that is over, and no other for the same session", () => {
    const [first, second] = [waiting(), waiting()];
    const ends = [noteWait(second.call, first.session), noteWait(second.call, first.session)];
    ends[0]?.();
    expect(wouldWaitForItself(first.call, [second.session])).toBe(true);
    ends[1]?.();
    expect(wouldWaitForItself(first.call, [second.session])).toBe(false);
  });

  test("goes through each session once, however many ways lead to it", () => {
    // With a way for each subset of the layers this would not end.
    const layers = Array.from({ length: 60 }, () => [waiting(), waiting()] as const);
    for (const [i, layer] of layers.entries()) {
      for (const { call } of layer) {
        for (const { session } of layers[i + 1] ?? []) noteWait(call, session);
      }
    }
    const sessions = layers[0]?.map(({ session }) => session) ?? [];
    expect(wouldWaitForItself(waiting().call, sessions)).toBe(false);
    expect(wouldWaitForItself(layers[59]?.[0].call, sessions)).toBe(true);
  });
});

describe("isAwaited", () => {
  test("is said as long as it, or a call around it, has not settled", () => {
    const outer = waiting().call;
    const inner = waiting(outer).call;
    expect([isAwaited(undefined), isAwaited(inner)]).toEqual([false, true]);
    inner.settled = true;
    expect(isAwaited(inner)).toBe(true);
    outer.settled = true;
    expect(isAwaited(inner)).toBe(false);
  });
});

test("noteWait notes nothing for who is in no backend call", () => {
  expect(() => noteWait(undefined, waiting().session)()).not.toThrow();
});
