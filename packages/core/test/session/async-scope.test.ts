import { describe, expect, test } from "vitest";
import { asyncScope as withoutContext } from "../../src/session/async-scope.js";
import { asyncScope as withContext } from "../../src/session/async-scope.node.js";
import { type BackendCall, isInside } from "../../src/session/backend-scope.js";
import { nextTurn } from "../support/unhandled-rejections.js";

const session = { pending: undefined };
const made = (outer?: BackendCall, settled = false): BackendCall => ({
  session: { pending: undefined },
  outer,
  waitsFor: new Set(),
  settled,
});

describe.each([
  ["a runtime with asynchronous context", withContext, true],
  ["a runtime without", withoutContext, false],
])("in %s", (_what, scope, followsAwait) => {
  test("a backend call is known in its synchronous part, and to nobody else", async () => {
    const call = made();
    expect(scope.current()).toBeUndefined();
    scope.run(call, () => expect(scope.current()).toBe(call));
    expect(scope.current()).toBeUndefined();
  });

  test(`a backend call is ${followsAwait ? "" : "not "}known after an await`, async () => {
    const call = made();
    const later = scope.run(call, async () => {
      await nextTurn();
      return scope.current();
    });
    expect(scope.current()).toBeUndefined();
    expect(await later).toBe(followsAwait ? call : undefined);
  });
});

describe("isInside", () => {
  const own = (settled: boolean, outer?: BackendCall): BackendCall => ({
    session,
    outer,
    waitsFor: new Set(),
    settled,
  });

  test.each([
    ["nothing", undefined, false],
    ["a call of another session", made(), false],
    ["a call of its own", own(false), true],
    ["a call of its own that has settled", own(true), false],
    ["another's inside its own", made(own(false)), true],
    ["another's inside its own that has settled", made(own(true)), false],
    ["a settled one of another inside its own", made(own(false), true), true],
    ["a settled one of its own inside one that has not", own(true, own(false)), true],
  ])("%s", (_what, innermost, inside) => {
    expect(isInside(innermost, session)).toBe(inside);
  });
});
