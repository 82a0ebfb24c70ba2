import { expect } from "vitest";
import { GuardError } from "../../src/error.js";
import { type EngineCall, hanging } from "./fake-engine.js";
import type { CallStep, Outcome } from "./fuzz-steps.js";

/** What is known of one instance. */
interface Instance {
  session: number | undefined;
  /** Number of the policy that it was given and answered as it had to. */
  policy: number | undefined;
  calls: number;
  isRunning: boolean;
  isGone: boolean;
}

/** A guard that does as it is told, and fails the test where a session does what it never may. */
export class FuzzWitness {
  /** What was told, by the number that the call carries. */
  readonly calls: CallStep[] = [];
  /** Microtasks after which the next attempts to open an instance fail. */
  readonly failingOpens: number[] = [];
  readonly opened: number[] = [];
  readonly closed: number[] = [];
  /** Expectations that did not hold: a session takes them for errors of its engine. */
  readonly broken: unknown[] = [];
  readonly #maxLive: number;
  readonly #instances = new Map<number, Instance>();
  /** The last policy of each session that came to the guard, and whether the guard took it. */
  readonly #policies = new Map<number, { readonly number: number; readonly isTaken: boolean }>();
  /** Policies that came to the guard, and how often they came again. */
  readonly #replays = new Map<number, number>();
  /** The last call of each session that came to the guard. */
  readonly #lastCalls = new Map<number, number>();
  /** Calls that were told, once, that their instance is gone. */
  readonly #givenUp = new Set<number>();
  #live = 0;

  constructor(maxLive: number) {
    this.#maxLive = maxLive;
  }

  async open(number: number): Promise<void> {
    this.#live++;
    this.#expect(() => expect(this.#live, "live instances").toBeLessThanOrEqual(this.#maxLive));
    const after = this.failingOpens.shift();
    await microtasks(after ?? 0);
    if (after !== undefined) {
      this.#live--;
      throw new Error("cannot open");
    }
    this.opened.push(number);
    this.#instances.set(number, {
      session: undefined,
      policy: undefined,
      calls: 0,
      isRunning: false,
      isGone: false,
    });
  }

  close(number: number): void {
    this.#live--;
    this.closed.push(number);
    const instance = this.#instance(number);
    this.#expect(() => expect(instance.isRunning, "whether an instance in a call was closed").toBe(false));
    instance.isGone = true;
  }

  async answer(running: EngineCall): Promise<unknown> {
    const instance = this.#instance(running.instance);
    const isAgent = running.operation === "label_agent";
    const { input } = running;
    const { number } = (isAgent ? input : (input as { tool_args: unknown }).tool_args) as { number: number };
    const step = this.calls[number] as CallStep;
    this.#expect(() => this.#assertMay(step, number, instance, isAgent));
    instance.session = step.session;
    const outcome = this.#outcomeOf(step, number, isAgent);
    if (outcome === "given up") {
      instance.isGone = true;
      throw new GuardError("CLOSED", "given up", { lost: true });
    }
    instance.calls++;
    instance.isRunning = true;
    try {
      return await (isAgent
        ? this.#answerPolicy(outcome, number, instance, running)
        : this.#answerCall(outcome, number, running));
    } catch (error) {
      // An abort that comes while the failure is on its way is what the call rejects with, as channels do it.
      const failure = running.signal?.aborted ? running.signal.reason : error;
      if (!GuardError.is(failure) || failure.lost) instance.isGone = true;
      throw failure;
    } finally {
      instance.isRunning = false;
    }
  }

  #assertMay(step: CallStep, number: number, instance: Instance, isAgent: boolean): void {
    expect(instance.isGone, "whether the instance is gone").toBe(false);
    expect(instance.isRunning, "whether the instance is in a call").toBe(false);
    expect([step.session, undefined], "the session of the instance").toContain(instance.session);
    const policy = this.#policies.get(step.session);
    if (!isAgent) {
      expect(policy, "the policy of a call").toEqual({ number: instance.policy, isTaken: true });
      expect(number, "the order of calls").toBeGreaterThan(this.#lastCalls.get(step.session) ?? -1);
      return;
    }
    expect(instance.calls, "calls before a policy").toBe(0);
    if (this.#replays.has(number))
      expect(policy, "the policy that is replayed").toEqual({ number, isTaken: true });
  }

  #outcomeOf(step: CallStep, number: number, isAgent: boolean): Outcome {
    const replays = this.#replays.get(number);
    if (isAgent && replays !== undefined) {
      this.#replays.set(number, replays + 1);
      return step.replays[replays] ?? "answer";
    }
    if (step.outcome !== "given up") return step.outcome;
    if (this.#givenUp.has(number)) return "answer";
    this.#givenUp.add(number);
    return "given up";
  }

  async #answerPolicy(
    outcome: Outcome,
    number: number,
    instance: Instance,
    running: EngineCall,
  ): Promise<unknown> {
    const { session, microtasks } = this.calls[number] as CallStep;
    const isReplay = this.#replays.has(number);
    if (!isReplay) {
      this.#replays.set(number, 0);
      this.#policies.set(session, { number, isTaken: false });
    }
    await act(outcome, microtasks, running);
    if (outcome === "nonsense") return "{";
    const answer = { agent: { secrecy: [`p${number}`] }, difc_mode: "filter" };
    if (outcome === "differs") return { ...answer, difc_mode: "strict" };
    instance.policy = number;
    if (!isReplay) this.#policies.set(session, { number, isTaken: true });
    return answer;
  }

  async #answerCall(outcome: Outcome, number: number, running: EngineCall): Promise<unknown> {
    const { session, microtasks } = this.calls[number] as CallStep;
    this.#lastCalls.set(session, number);
    await act(outcome, microtasks, running);
    return outcome === "nonsense" ? "{" : { resource: { secrecy: [`c${number}`] } };
  }

  #instance(number: number): Instance {
    return this.#instances.get(number) as Instance;
  }

  #expect(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.broken.push(error);
    }
  }
}

/** Does what a guard does before it answers. */
async function act(outcome: Outcome, count: number, running: EngineCall): Promise<void> {
  await microtasks(count);
  if (outcome === "hang") await hanging(running);
  if (running.signal?.aborted) throw running.signal.reason;
  if (outcome === "guest error") throw new GuardError("GUEST_ERROR", "kept");
  if (outcome === "loss") throw new GuardError("TRAPPED", "lost", { lost: true });
  if (outcome === "engine error") throw new TypeError("engine");
}

/** Lets `count` microtasks pass. */
export async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await null;
}
