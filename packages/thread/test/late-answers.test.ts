import type { GuardHost } from "@guardhost/core";
import { expect, test } from "vitest";
import { fakeHost, fakePool } from "./support/fake-pool.js";
import { FakeSession } from "./support/fake-session.js";
import { seededRandom } from "./support/random.js";
import { pause } from "./support/turns.js";

const INTERLEAVINGS = 1_000;

/** When the backend answers, or the caller gives up: now, in a moment, when the next call is on its way, or never. */
type Moment = "now" | "microtask" | "turn" | "later" | "next call" | "never";

const MOMENTS: readonly Moment[] = ["now", "microtask", "turn", "later", "next call", "never"];

test(`${INTERLEAVINGS} interleavings of answers and aborts: each question gets its own answer or none`, async () => {
  const random = seededRandom(20_261_123);
  const pick = () => MOMENTS[Math.floor(random() * MOMENTS.length)] as Moment;
  /** What waits for the next call to be on its way. */
  let late: (() => void)[] = [];
  const at: Record<Moment, (action: () => void) => void> = {
    now: (action) => action(),
    microtask: (action) => queueMicrotask(action),
    turn: (action) => setImmediate(action),
    later: (action) => setTimeout(action, 1),
    "next call": (action) => late.push(action),
    never: () => undefined,
  };
  const callBackend: GuardHost["callBackend"] = (tool) => {
    const arrived = late;
    late = [];
    const moment = pick();
    const answer = moment === "now" ? tool : new Promise((resolve) => at[moment](() => resolve(tool)));
    for (const action of arrived) action();
    return answer;
  };
  const { pool, workers } = fakePool({ maxThreads: 1, graceMs: 30_000 });
  const session = new FakeSession(pool, fakeHost(callBackend));
  const outcomes = { answered: 0, aborted: 0 };
  for (let call = 0; call < INTERLEAVINGS; call++) {
    const tools = [`${call}-first`, `${call}-second`];
    const controller = new AbortController();
    const reason = { call };
    const moment = pick();
    // A call that nobody answers has to be given up some time.
    at[moment === "never" || moment === "next call" ? "later" : moment](() => controller.abort(reason));
    const { signal } = controller;
    try {
      const answers = await session.act(
        { do: "ask", questions: tools.map((tool) => [tool, "1"]) },
        { signal },
      );
      expect(answers).toEqual(tools.map((tool) => JSON.stringify(tool)));
      outcomes.answered++;
    } catch (error) {
      expect(error).toBe(reason);
      outcomes.aborted++;
    }
  }
  await pause(2);
  expect(workers.length).toBe(1);
  // How many of each depends on the machine.
  expect(Math.min(outcomes.answered, outcomes.aborted)).toBeGreaterThan(0);
});
