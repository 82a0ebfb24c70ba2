/**
 * The gateway under load, with the filesystem guard and without any: hundreds of sessions, each of a principal of its own, call
 * a server that answers at once, which runs in this process as the clients do. One call in a hundred is cancelled. First as
 * fast as it goes, then at a fixed rate, for latencies. Prints JSON. Exits with status 1 when a call has not got the reply that it
 * must have, when the gateway has not ended well, or when what it keeps in memory grows.
 *
 *   node dist/gateway-load.js [--sessions 200] [--seconds 60] [--rate 200]
 */
import { parseArgs } from "node:util";
import { GatewayProcess, loadConfig } from "./gateway-load/gateway-process.js";
import type { GatewayMemory } from "./gateway-load/memory-probe.js";
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

/** How much what the main thread keeps may grow from the first load to the last, in MiB. */
const MAX_KEPT_GROWTH_MIB = 8;
/** The same of the whole process, some of which is free at one time and not at another. */
const MAX_RSS_GROWTH_MIB = 48;

await using upstream = await startUpstream();
const bare = await warmedUp(false);
const guarded = await warmedUp(true);
const before = await memories();
// One after the other, as each takes all there is; then both at once, so that both meet what else the machine does.
const full = {
  bare: await bare.load({ seconds: seconds / 2 }),
  guarded: await guarded.load({ seconds: seconds / 2 }),
};
const [pacedBare, pacedGuarded] = await Promise.all([
  bare.load({ seconds, rate: rate / 2 }),
  guarded.load({ seconds, rate: rate / 2 }),
]);
const paced = { bare: pacedBare, guarded: pacedGuarded };
const after = await memories();
const statuses = [await bare.end(), await guarded.end()];
const hasGrown = isMore(before.bare, after.bare) || isMore(before.guarded, after.guarded);
const added = (key: "p50Ms" | "p99Ms") => Math.round((pacedGuarded[key] - pacedBare[key]) * 100) / 100;
const lostCalls = [full.bare, full.guarded, pacedBare, pacedGuarded].reduce(
  (sum, report) => sum + report.lostCalls,
  0,
);
console.log(
  JSON.stringify(
    {
      sessions: count,
      added: { p50Ms: added("p50Ms"), p99Ms: added("p99Ms") },
      lostCalls,
      hasGrown,
      memory: { before, after },
      statuses,
      full,
      paced,
    },
    null,
    2,
  ),
);
const isWell = lostCalls === 0 && !hasGrown && statuses.every((status) => status === 0);
process.exitCode = isWell ? 0 : 1;

interface WarmGateway {
  load(options: { readonly seconds: number; readonly rate?: number }): Promise<LoadReport>;
  memory(): Promise<GatewayMemory | undefined>;
  /** Its exit status. */
  end(): Promise<number | null>;
}

/** A gateway whose guard has labelled every agent, and whose code is compiled. */
async function warmedUp(isGuarded: boolean): Promise<WarmGateway> {
  const gateway = await GatewayProcess.start(loadConfig(upstream.url, count, isGuarded));
  const sessions = await openSessions(gateway, count);
  const load: WarmGateway["load"] = (options) => runLoad(sessions, { ...options, isGuarded });
  await load({ seconds: Math.min(10, seconds / 2) });
  const end = () => {
    for (const session of sessions) session.close();
    return gateway.end();
  };
  return { load, memory: () => gateway.memory(), end };
}

async function memories() {
  return { bare: await bare.memory(), guarded: await guarded.memory() };
}

/** Whether one keeps more than before. So does one that is gone, for all that is known. */
function isMore(before: GatewayMemory | undefined, after: GatewayMemory | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  return (
    keptMiB(after) - keptMiB(before) > MAX_KEPT_GROWTH_MIB ||
    after.rssMiB - before.rssMiB > MAX_RSS_GROWTH_MIB
  );
}

function keptMiB({ heapMiB, externalMiB }: GatewayMemory): number {
  return heapMiB + externalMiB;
}
