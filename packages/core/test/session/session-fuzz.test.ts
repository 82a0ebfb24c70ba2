import fc from "fast-check";
import { expect, test } from "vitest";
import { GuardError } from "../../src/error.js";
import { anyObjectPolicy } from "../../src/policy/policy-schema.js";
import type { EngineCall } from "../support/fake-engine.js";
import { loadFake } from "../support/load-fake.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

type Outcome = "answer" | "nonsense" | "guest error" | "loss" | "engine error";

/** What a test does next. Calls carry with them how they go once they are in the guard. */
type Step =
  | { readonly kind: "call"; readonly agent: boolean; readonly outcome: Outcome; readonly microtasks: number }
  | { readonly kind: "abort"; readonly who: number }
  | { readonly kind: "microtasks"; readonly count: number }
  | { readonly kind: "open fails"; readonly microtasks: number }
  | { readonly kind: "settle" };
type Call = Extract<Step, { kind: "call" }>;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("call" as const),
      agent: fc.boolean(),
      outcome: fc.constantFrom<Outcome[]>(
        "answer",
        "answer",
        "answer",
        "nonsense",
        "guest error",
        "loss",
        "engine error",
      ),
      microtasks: fc.nat(4),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("abort" as const), who: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("microtasks" as const), count: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("open fails" as const), microtasks: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "settle" as const }) },
);

/** A guard that does as it is told, and fails the test where a session does what it never may. */
class Witness {
  readonly calls: Call[] = [];
  /** Microtasks after which the next attempts to open an instance fail. */
  readonly failingOpens: number[] = [];
  readonly opened: number[] = [];
  readonly closed: number[] = [];
  readonly #withPolicy = new Set<number>();
  #running = 0;

  async open(instance: number): Promise<void> {
    const after = this.failingOpens.shift();
    await microtasks(after ?? 0);
    if (after !== undefined) throw new Error("cannot open");
    this.opened.push(instance);
  }

  async answer({ operation, input, instance, signal }: EngineCall): Promise<unknown> {
    expect(this.#running, "calls in the guard").toBe(0);
    expect(this.closed, "instances that are gone").not.toContain(instance);
    const agent = operation === "label_agent";
    if (!agent) expect([...this.#withPolicy], "instances with a policy").toContain(instance);
    this.#withPolicy.delete(instance);
    this.#running++;
    try {
      const { number } = (agent ? input : (input as { tool_args: unknown }).tool_args) as { number: number };
      const answer = await act(this.calls[number], signal);
      if (!agent || answer === undefined) this.#withPolicy.add(instance);
      return answer;
    } catch (error) {
      if (!agent && GuardError.is(error) && !error.lost) this.#withPolicy.add(instance);
      throw error;
    } finally {
      this.#running--;
    }
  }
}

async function act(call: Call | undefined, signal: AbortSignal | undefined): Promise<unknown> {
  await microtasks(call?.microtasks ?? 0);
  if (signal?.aborted) throw signal.reason;
  if (call?.outcome === "nonsense") return "{";
  if (call?.outcome === "guest error") throw new GuardError("GUEST_ERROR", "kept");
  if (call?.outcome === "loss") throw new GuardError("TRAPPED", "lost", { lost: true });
  if (call?.outcome === "engine error") throw new TypeError("engine");
  return undefined;
}

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await null;
}

test("whatever happens, calls run alone and under their policy, and every instance is closed once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
      const witness = new Witness();
      const { session } = await loadFake(
        {
          open: (instance) => witness.open(instance),
          answer: (running) => witness.answer(running),
          close: (instance) => void witness.closed.push(instance),
        },
        { policySchema: anyObjectPolicy, timeoutMs: Number.POSITIVE_INFINITY, maxWaitingCalls: 5 },
      );
      const aborts: AbortController[] = [];
      const made: Promise<unknown>[] = [];
      const make = (call: Call) => {
        const number = witness.calls.push(call) - 1;
        const abort = new AbortController();
        aborts.push(abort);
        const { signal } = abort;
        return call.agent
          ? session.labelAgent({ number }, { signal })
          : session.labelResource({ name: "tool", arguments: { number } }, { signal });
      };
      for (const next of steps) {
        if (next.kind === "call") made.push(make(next).catch((reason) => reason));
        else if (next.kind === "abort") aborts[next.who % aborts.length]?.abort("stop");
        else if (next.kind === "microtasks") await microtasks(next.count);
        else if (next.kind === "open fails") witness.failingOpens.push(next.microtasks);
        else await nextTurn();
      }
      for (const outcome of await Promise.all(made)) {
        // An expectation of the witness that did not hold comes out here.
        if ((outcome as Error | undefined)?.name === "AssertionError") throw outcome;
      }
      // Nothing is left behind that would keep the session from going on.
      witness.failingOpens.length = 0;
      const fine = { kind: "call", outcome: "answer", microtasks: 0 } as const;
      await make({ ...fine, agent: true });
      await make({ ...fine, agent: false });
      await session.close();
      await nextTurn();
      expect(witness.closed.sort()).toEqual(witness.opened.sort());
    }),
    { numRuns: 300 },
  );
});
