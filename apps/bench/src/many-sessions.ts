/**
 * Ten thousand open sessions, each with a policy of its own, of which 64 have an instance at a time. Each is called twice,
 * in random order, and has to answer by its own policy. Prints the most memory that the process had. Exits with status 1
 * when an answer is wrong, or when that is 600 MiB or more.
 *
 *   node --expose-gc dist/many-sessions.js [--sessions 10000] [--thread auto]
 */
import { parseArgs } from "node:util";
import { anyObjectPolicy, loadGuard, native } from "@guardhost/native";
import { allowedDirectories, policy, readGuard, smallCall } from "./fixtures.js";
import { mebibytes, processState } from "./process-state.js";

const { values } = parseArgs({
  options: { sessions: { type: "string", default: "10000" }, thread: { type: "string", default: "auto" } },
});
const MAX_RSS_MIB = 600;
const count = Number(values.sessions);
const engine = native({ thread: values.thread as "auto" | "caller" | "worker" });

await using guard = await loadGuard(await readGuard(), {
  engine,
  policySchema: anyObjectPolicy,
  maxLiveInstances: 64,
});
const start = performance.now();
const sessions = Array.from({ length: count }, () => guard.session({ backend: () => allowedDirectories }));
let peak = 0;
let wrong = 0;
for (const [index, session] of sessions.entries()) {
  await session.labelAgent(policyOf(index));
  watch();
}
for (const index of shuffled([...sessions.keys(), ...sessions.keys()])) {
  const { resource } = await (sessions[index] as (typeof sessions)[number]).labelResource(smallCall);
  if (resource.secrecy[0] !== tagOf(index)) wrong++;
  watch();
}
const { recoveries, hibernations, liveInstances } = guard.stats();
console.log(
  JSON.stringify(
    {
      sessions: count,
      wrongAnswers: wrong,
      peakRssMiB: peak,
      recoveries,
      hibernations,
      liveInstances,
      atRest: await processState(),
      secondsInAll: Math.round((performance.now() - start) / 1000),
    },
    null,
    2,
  ),
);
process.exitCode = wrong > 0 || peak >= MAX_RSS_MIB ? 1 : 0;

function tagOf(index: number): string {
  return `private:${index}`;
}

function policyOf(index: number) {
  const { filesystem } = policy;
  const paths = filesystem.paths.map((entry) => ({
    ...entry,
    secrecy: entry.secrecy.length === 0 ? [] : [tagOf(index)],
  }));
  return { filesystem: { ...filesystem, paths } };
}

function watch(): void {
  peak = Math.max(peak, mebibytes(process.memoryUsage.rss()));
}

/** In an order that is the same in every run. */
function shuffled(indices: number[]): number[] {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  for (let last = indices.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [indices[last], indices[other]] = [indices[other] as number, indices[last] as number];
  }
  return indices;
}
