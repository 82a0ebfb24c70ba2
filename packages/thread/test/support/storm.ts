import { GuardError } from "@guardhost/core";
import type { ThreadPool } from "../../src/index.js";
import { nested } from "./fake-nesting.js";
import { type Deed, fakeHost } from "./fake-pool.js";
import { FakeSession } from "./fake-session.js";
import { seededRandom } from "./random.js";
import { pause } from "./turns.js";

/** What became of the calls of a {@link storm}. */
export interface StormReport {
  readonly answered: number;
  /** By code, and under `abort` those that were given up. */
  readonly failed: Readonly<Record<string, number>>;
  /** Whatever must never happen. */
  readonly wrong: string[];
}

export interface StormOptions {
  readonly seed: number;
  readonly sessions: number;
  readonly callsPerSession: number;
}

/** Codes that calls of a storm may fail with. */
const EXPECTED = new Set(["TIMEOUT", "BUSY", "TRAPPED", "CLOSED", "GUEST_ERROR"]);

/** Sessions that do anything at any time: compute, ask, nest, crash, hang, give up, close. Resolves when all have ended. */
export async function storm(pool: ThreadPool, options: StormOptions): Promise<StormReport> {
  const random = seededRandom(options.seed);
  const under = (limit: number) => Math.floor(random() * limit);
  const failed: Record<string, number> = {};
  const wrong: string[] = [];
  let answered = 0;
  const leaves = Array.from({ length: 3 }, () => new FakeSession(pool, fakeHost()));

  /** Answers in its own time; sometimes by asking another session, or never. */
  const backend = async (tool: string): Promise<unknown> => {
    const kind = under(8);
    if (kind === 0) return new Promise(() => undefined);
    if (kind === 1) throw new Error("the backend is out of sorts");
    if (kind < 5) await pause(under(4));
    const leaf = leaves[under(leaves.length)] as FakeSession;
    if (kind === 5)
      await leaf
        .act({ do: "echo", value: tool }, { nesting: nested(), timeoutMs: 2_000 })
        .catch(() => undefined);
    return tool;
  };

  const deeds: ((id: string) => { deed: Deed; answers: (answer: unknown) => boolean })[] = [
    (id) => ({ deed: { do: "echo", value: id }, answers: (answer) => answer === id }),
    (id) => ({
      deed: { do: "echo", value: id + "x".repeat(under(200_000)) },
      answers: (answer) => typeof answer === "string" && answer.startsWith(id),
    }),
    (id) => ({
      deed: {
        do: "ask",
        questions: [
          [`${id}a`, "1"],
          [`${id}b`, "2"],
        ],
      },
      answers: (answer) =>
        (answer as string[]).every(
          (got, index) => got.startsWith("failed") || got === `"${id}${"ab"[index]}"`,
        ),
    }),
    () => ({ deed: { do: "busy", ms: under(5) }, answers: (answer) => answer === "was busy" }),
    () => ({ deed: { do: "spin" }, answers: () => false }),
    () => ({
      deed: { do: "fail", code: "GUEST_ERROR", message: "no", lost: random() < 0.5 },
      answers: () => false,
    }),
    () =>
      random() < 0.9
        ? { deed: { do: "calls" }, answers: (answer) => (answer as number) > 0 }
        : {
            deed: { do: random() < 0.5 ? "stick" : "crash" },
            answers: () => false,
          },
  ];

  const live = async (name: number) => {
    const session = new FakeSession(pool, fakeHost(backend));
    for (let call = 0; call < options.callsPerSession; call++) {
      const id = `${name}.${call}.`;
      const { deed, answers } = (deeds[under(deeds.length)] as (typeof deeds)[0])(id);
      const reason = { id };
      const controller = new AbortController();
      if (random() < 0.2) setTimeout(() => controller.abort(reason), under(6));
      try {
        const answer = await session.act(deed, {
          signal: controller.signal,
          timeoutMs: deed.do === "spin" ? 1 + under(10) : 50 + under(500),
        });
        answered++;
        if (!answers(answer)) wrong.push(`${id} ${deed.do} got ${JSON.stringify(answer)}`);
      } catch (error) {
        const code = GuardError.is(error) ? error.code : error === reason ? "abort" : `unexpected: ${error}`;
        failed[code] = (failed[code] ?? 0) + 1;
        if (code !== "abort" && !EXPECTED.has(code)) wrong.push(`${id} ${deed.do} failed: ${code}`);
        if (code === "abort" || (error as GuardError).lost) await session.close();
      }
      if (random() < 0.05) await session.close();
    }
    await session.close();
  };
  await Promise.all(Array.from({ length: options.sessions }, (_, name) => live(name)));
  return { answered, failed, wrong };
}
