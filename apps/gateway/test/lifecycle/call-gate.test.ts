import { expect, test } from "vitest";
import { CallGate } from "../../src/lifecycle/call-gate.js";

const { signal } = new AbortController();

/** A call that ends when it is told to. */
function slowCall(gate: CallGate, principal: string) {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { outcome: gate.pass(principal, signal, () => ended), end };
}

test("lets as many calls in as there may be, and as many of one principal", async () => {
  const gate = new CallGate({ maxConcurrentCalls: 3, maxConcurrentCallsPerPrincipal: 2 });
  const one = slowCall(gate, "alice");
  const other = slowCall(gate, "alice");
  await expect(slowCall(gate, "alice").outcome).rejects.toMatchObject({
    code: -32014,
    message: expect.stringMatching(/^You have too many calls/),
  });
  const bobs = slowCall(gate, "bob");
  await expect(slowCall(gate, "bob").outcome).rejects.toMatchObject({
    code: -32014,
    message: expect.stringMatching(/^The gateway has too many calls/),
  });
  bobs.end();
  one.end();
  await Promise.all([bobs.outcome, one.outcome]);
  const again = slowCall(gate, "alice");
  for (const { end } of [other, again]) end();
  await Promise.all([other.outcome, again.outcome]);
  expect(gate.calls).toBe(0);
});

test("what fails or is aborted leaves its place", async () => {
  const gate = new CallGate({ maxConcurrentCalls: 1, maxConcurrentCallsPerPrincipal: 1 });
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect(gate.pass("alice", signal, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const aborted = AbortSignal.abort(new Error("never mind"));
    await expect(gate.pass("alice", aborted, async () => undefined)).rejects.toThrow("never mind");
  }
  expect(await gate.pass("alice", signal, async () => "in")).toBe("in");
});
