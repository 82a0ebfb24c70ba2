import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GuardError } from "../../src/error.js";
import { anyObjectPolicy } from "../../src/policy/policy-schema.js";
import { type CountingController, countingController } from "../support/counting-signal.js";
import { type CallStep, FUZZ_SESSIONS, type FuzzStep, fuzzStep } from "../support/fuzz-steps.js";
import { FuzzWitness, microtasks } from "../support/fuzz-witness.js";
import { loadFake } from "../support/load-fake.js";
import { expectNoUnhandledRejections, nextTurn } from "../support/unhandled-rejections.js";

expectNoUnhandledRejections();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const MAX_LIVE = 2;
const fine = { kind: "call", outcome: "answer", replays: [], microtasks: 0 } as const;

/** Sessions of one guard, the guard as it should be, and the calls that were made. */
async function prepare(breaker: boolean) {
  const witness = new FuzzWitness(MAX_LIVE);
  const { guard } = await loadFake(
    {
      open: (instance) => witness.open(instance),
      answer: (running) => witness.answer(running),
      close: (instance) => witness.close(instance),
    },
    {
      policySchema: anyObjectPolicy,
      timeoutMs: 100,
      idleMs: 50,
      maxWaitingCalls: 5,
      maxLiveInstances: MAX_LIVE,
      breaker: breaker ? { maxLosses: 3, windowMs: 500, pauseMs: 100 } : false,
    },
  );
  const sessions = Array.from({ length: FUZZ_SESSIONS }, () => guard.session());
  const controllers: CountingController[] = [];
  const made: Promise<void>[] = [];
  /** Makes a call, and checks that it gets its own answer, if any. */
  const make = (step: CallStep) => {
    const number = witness.calls.push(step) - 1;
    const controller = countingController();
    controllers.push(controller);
    const { signal } = controller;
    const session = sessions[step.session];
    const labels = step.agent
      ? session?.labelAgent({ number }, { signal }).then(({ agent }) => agent.secrecy)
      : session
          ?.labelResource({ name: "tool", arguments: { number } }, { signal })
          .then(({ resource }) => resource.secrecy);
    made.push(
      Promise.resolve(labels).then(
        (secrecy) => expect(secrecy).toEqual([`${step.agent ? "p" : "c"}${number}`]),
        () => undefined,
      ),
    );
    return labels;
  };
  return { guard, witness, sessions, controllers, made, make };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

async function take(step: FuzzStep, { witness, sessions, controllers, make }: Prepared): Promise<void> {
  if (step.kind === "call") make(step)?.catch(() => undefined);
  else if (step.kind === "abort") controllers[step.who % controllers.length]?.abort("stop");
  else if (step.kind === "microtasks") await microtasks(step.count);
  else if (step.kind === "open fails") witness.failingOpens.push(step.microtasks);
  else if (step.kind === "time") vi.advanceTimersByTime(step.ms);
  else if (step.kind === "close") void sessions[step.session]?.close();
  else await nextTurn();
}

/** Lets time pass until all of them have settled. */
async function settle(made: readonly Promise<unknown>[]): Promise<void> {
  let settled = false;
  const all = Promise.all(made).then(() => {
    settled = true;
  });
  for (let i = 0; i < 100 && !settled; i++) {
    await nextTurn();
    vi.advanceTimersByTime(100);
  }
  expect(settled, "whether every call has settled").toBe(true);
  await all;
}

test("whatever happens, calls run alone, in order and under their policy, and what is open is closed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(fuzzStep, { maxLength: 50, size: "max" }),
      async (breaker, steps) => {
        const prepared = await prepare(breaker);
        const { guard, witness, sessions, controllers, made, make } = prepared;
        for (let session = 0; session < FUZZ_SESSIONS; session++)
          make({ ...fine, session, agent: true })?.catch(() => undefined);
        for (const step of steps) await take(step, prepared);
        await settle(made);
        expect(witness.broken).toEqual([]);
        // Nothing is left behind that would keep a session from going on.
        witness.failingOpens.length = 0;
        vi.advanceTimersByTime(1_000);
        for (const [session, { health }] of sessions.entries()) {
          const both = [make({ ...fine, session, agent: true }), make({ ...fine, session, agent: false })];
          for (const call of both) {
            if (health !== "closed") await call;
            else expect(await call?.catch((error) => GuardError.is(error, "CLOSED"))).toBe(true);
          }
        }
        expect(guard.stats().waitingCalls).toBe(0);
        await guard.close();
        await nextTurn();
        expect(witness.broken).toEqual([]);
        expect(witness.closed.sort()).toEqual(witness.opened.sort());
        expect(controllers.map(({ listeners }) => listeners()).filter((count) => count > 0)).toEqual([]);
        expect(vi.getTimerCount()).toBe(0);
      },
    ),
    { numRuns: 1_000 },
  );
});
