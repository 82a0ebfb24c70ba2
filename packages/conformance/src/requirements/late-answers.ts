import { type Guard, type GuardSession, nextTurn } from "@guardhost/core";
import { equal, holds, rejects, rejectsWith } from "../assertions.js";
import { ask, countEntries } from "../guest/program.js";
import type { Requirement } from "../requirement.js";
import { type Random, seededRandom } from "../seeded-random.js";
import { callDescribedBy, callRunning, runIn } from "../session-programs.js";

const NEEDS = ["asyncBackend"] as const;

/** Calls of one requirement. */
const CALLS = 500;

/** Sessions that make them, each one call at a time. */
const SESSIONS = 5;

/** What becomes of a call. */
const FATES = [
  "answered at once",
  "answered a turn later",
  "aborted when its backend is asked",
  "aborted a turn after that",
  "aborted and answered at once",
  "aborted before its backend is asked",
] as const;

type Fate = (typeof FATES)[number];

/** Calls that end while their backend is at work, and answers that come when nobody waits for them. */
class Crossing {
  readonly #random: Random;
  /** Answers to calls that were aborted, not given yet. */
  readonly #late: (() => void)[] = [];
  /** What happens to the calls that are running once they ask, by their questions. */
  readonly #running = new Map<unknown, () => Promise<unknown>>();
  #questions = 0;
  answered = 0;
  aborted = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Answers each question with its number, sooner or later, and gives an answer that is late as well. */
  readonly backend = (call: { readonly arguments?: Record<string, unknown> }): Promise<unknown> => {
    const { length } = this.#late;
    if (length > 0) this.#late.splice(this.#random(length), 1)[0]?.();
    const question = call.arguments?.question;
    // A call that was aborted before may ask all the same, if the engine has not heard of it yet.
    return this.#running.get(question)?.() ?? this.#answerLate(question);
  };

  /** Makes a call in `session`, and looks at how it ends. */
  async call(session: GuardSession): Promise<void> {
    const question = ++this.#questions;
    const controller = new AbortController();
    const reason = new Error(`no longer wanted: ${question}`);
    const fate = FATES[this.#random(FATES.length)] as Fate;
    const abort = () => controller.abort(reason);
    this.#running.set(question, () => this.#fulfil(fate, question, abort));
    const asking = callDescribedBy(ask({ args: `{"question":${question}}` }));
    const call = session.labelResource(asking, { signal: controller.signal });
    if (fate === "aborted before its backend is asked") abort();
    try {
      const { resource } = await call;
      const json = String(question);
      equal(resource.description, `${json.length};${json}`, `the answer to call ${question}`);
      this.answered++;
    } catch (error) {
      if (error !== reason) throw error;
      this.aborted++;
    } finally {
      this.#running.delete(question);
    }
  }

  async #fulfil(fate: Fate, question: number, abort: () => void): Promise<unknown> {
    switch (fate) {
      case "answered at once":
        return question;
      case "answered a turn later":
        await nextTurn();
        return question;
      case "aborted and answered at once":
        abort();
        return question;
      case "aborted a turn after that":
        nextTurn().then(abort);
        return this.#answerLate(question);
      default:
        abort();
        return this.#answerLate(question);
    }
  }

  #answerLate(question: unknown): Promise<unknown> {
    return new Promise((resolve) => this.#late.push(() => resolve(question)));
  }
}

/** Makes a share of {@link CALLS} calls to a backend that does not answer, half of which are aborted, and one more when it does. */
async function giveUpOften(guard: Guard): Promise<void> {
  const never = new Promise(() => undefined);
  let backend = (): unknown => never;
  const session = guard.session({ backend: () => backend() });
  for (let call = 1; call <= CALLS / SESSIONS; call += 2) {
    const controller = new AbortController();
    const reason = new Error(`no longer wanted: ${call}`);
    backend = () => {
      queueMicrotask(() => controller.abort(reason));
      return never;
    };
    const aborted = session.labelResource(callRunning(ask()), { signal: controller.signal });
    await rejectsWith(aborted, reason, `call ${call}`);
    backend = () => never;
    // Opens the instance, so that the short deadline is the backend's.
    equal(await runIn(session, countEntries), "1;", "how often the fresh guest was entered");
    const timedOut = session.labelResource(callRunning(ask()), { timeoutMs: 3 });
    await rejects(timedOut, { code: "TIMEOUT" }, `call ${call + 1}`);
  }
  backend = () => nextTurn().then(() => 7);
  equal(await runIn(session, ask()), "1;7", "what the backend of the next call has answered");
}

/** Answers of a backend that come when their call has ended. */
export const lateAnswerRequirements: readonly Requirement[] = [
  {
    id: "async:answers-never-cross",
    behaviour: `A late answer to an aborted call never reaches another call, in ${CALLS} calls that end at random`,
    source: "W42, design 4",
    needs: NEEDS,
    async check(context) {
      const crossing = new Crossing(20_260_728);
      const guard = await context.load({ policyRequired: false });
      const sessions = Array.from({ length: SESSIONS }, () => guard.session({ backend: crossing.backend }));
      await Promise.all(
        sessions.map(async (session) => {
          for (let call = 1; call <= CALLS / SESSIONS; call++) await crossing.call(session);
        }),
      );
      holds(
        Math.min(crossing.answered, crossing.aborted) > CALLS / 20,
        `calls of both kinds, not ${crossing.answered} answered and ${crossing.aborted} aborted ones`,
      );
    },
  },
  {
    id: "async:backends-that-never-settle",
    behaviour: `A session works after ${CALLS} calls whose backend never answers, aborted or timed out`,
    source: "W22, W42, design 4",
    needs: NEEDS,
    async check(context) {
      const guard = await context.load({ policyRequired: false, breaker: false });
      await Promise.all(Array.from({ length: SESSIONS }, () => giveUpOften(guard)));
    },
  },
];
