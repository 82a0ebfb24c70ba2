/**
 * The gateway under load, with the filesystem guard and without any: hundreds of sessions, each of a principal of its own, call
 * a server that answers at once, which runs in this process as the clients do. One call in a hundred is cancelled. First at
 * a fixed rate, for latencies, then as fast as it goes. Prints JSON. Exits with status 1 when a call has not got the reply that it
 * must have, when the gateway has not ended well, or when its memory grows.
 *
 *   node dist/gateway-load.js [--sessions 200] [--seconds 60] [--rate 200]
 */
import { parseArgs } from "node:util";
import { GatewayProcess, loadConfig } from "./gateway-load/gateway-process.js";
import { type LoadReport, openSessions, runLoad } from "./gateway-load/run-load.js";
import { startUpstream } from "./gateway-load/upstream.js";

const { values } = parseArgs({
  options: {
    sessions: { type: "string", default: "200" },
    seconds: { type: "string", default: "60" },
    rate: { type: "string", default: "200" },
  },
});
const count = Number(values.sessions);
const seconds = Number(values.seconds);
const rate = Number(values.rate);

/** How much memory may grow after the first half, in MiB: collecting garbage has no timetable. */
const MAX_GROWTH_MIB = 48;

const bare = await measure(false);
const guarded = await measure(true);
const difference = (key: "p50Ms" | "p99Ms") => Math.round((guarded.paced[key] - bare.paced[key]) * 100) / 100;
console.log(
  JSON.stringify(
    { sessions: count, bare, guarded, added: { p50Ms: difference("p50Ms"), p99Ms: difference("p99Ms") } },
    null,
    2,
  ),
);
process.exitCode = isWell(bare) && isWell(guarded) ? 0 : 1;

interface Measurement {
  readonly paced: LoadReport;
  readonly full: LoadReport;
  /** How much the memory has grown while the load was even, in MiB. */
  readonly growthMiB: number;
  readonly status: number | null;
}

async function measure(isGuarded: boolean): Promise<Measurement> {
  await using upstream = await startUpstream();
  await using gateway = await GatewayProcess.start(loadConfig(upstream.url, count, isGuarded));
  const sessions = await openSessions(gateway, count);
  // Guards label every agent once, and compilers warm up.
  await runLoad(gateway, sessions, { sessions: count, seconds: Math.min(10, seconds / 2), isGuarded });
  const full = await runLoad(gateway, sessions, { sessions: count, seconds: seconds / 2, isGuarded });
  const paced = await runLoad(gateway, sessions, { sessions: count, seconds, rate, isGuarded });
  return { paced, full, growthMiB: growthOf(paced.rssMiB), status: await gateway.end() };
}

function growthOf(rssMiB: readonly number[]): number {
  const half = Math.floor(rssMiB.length / 2);
  const least = (values: readonly number[]) => (values.length === 0 ? 0 : Math.min(...values));
  // What is left after garbage was collected.
  return least(rssMiB.slice(half)) - least(rssMiB.slice(0, half));
}

function isWell({ paced, full, growthMiB, status }: Measurement): boolean {
  return paced.lostCalls + full.lostCalls === 0 && growthMiB <= MAX_GROWTH_MIB && status === 0;
}
