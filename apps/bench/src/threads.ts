/**
 * What a worker thread costs and gains: microseconds that a call of 200 bytes takes longer than on the caller's thread, one
 * call after the other, and how many more calls two threads serve than one, with guards that compute. Medians of rounds that
 * alternate in one process.
 *
 *   node dist/threads.js [--rounds 101]
 */
import { parseArgs } from "node:util";
import { anyObjectPolicy, type GuardSession, loadGuard, native } from "@guardhost/native";
import { allowedDirectories, fileOf, policy, readGuard, smallCall } from "./fixtures.js";
import { compare } from "./side-by-side.js";
import { quantile } from "./statistics.js";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "101" } } });
const rounds = Number(values.rounds);
const wasm = await readGuard();

const [caller, oneThread, twoThreads] = await Promise.all([
  sessionsOn({ thread: "caller" }, 1),
  sessionsOn({ thread: "worker", maxThreads: 1 }, 4),
  sessionsOn({ thread: "worker", maxThreads: 2 }, 4),
]);
const roundTrip = await compare(
  {
    baseline: () => caller.sessions[0]?.labelResource(smallCall),
    subject: () => oneThread.sessions[0]?.labelResource(smallCall),
  },
  rounds,
  () => performance.now(),
);
const { call, result } = fileOf(1024 * 1024);
const gains: number[] = [];
for (let round = 0; round < 15; round++) {
  const one = await timeOf(() => Promise.all(oneThread.sessions.map(labelled)));
  const two = await timeOf(() => Promise.all(twoThreads.sessions.map(labelled)));
  gains.push(one / two);
}
console.log(
  JSON.stringify({
    callerMicroseconds: Number(roundTrip.baselineMicroseconds.toFixed(1)),
    workerMicroseconds: Number(roundTrip.subjectMicroseconds.toFixed(1)),
    roundTripMicroseconds: Number(
      (roundTrip.subjectMicroseconds - roundTrip.baselineMicroseconds).toFixed(1),
    ),
    twoThreadsOverOne: Number(quantile(gains, 0.5).toFixed(2)),
  }),
);
await Promise.all([caller, oneThread, twoThreads].map(({ guard }) => guard.close()));

async function sessionsOn(options: Parameters<typeof native>[0], count: number) {
  const guard = await loadGuard(wasm, { engine: native(options), policySchema: anyObjectPolicy });
  const sessions = Array.from({ length: count }, () => guard.session({ backend: () => allowedDirectories }));
  for (const session of sessions) await session.labelAgent(policy);
  return { guard, sessions };
}

async function labelled(session: GuardSession): Promise<void> {
  for (let i = 0; i < 4; i++) await session.labelResponse(call, result);
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
