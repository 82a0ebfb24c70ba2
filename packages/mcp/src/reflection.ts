import { type DifcMode, labelsOf } from "@guardhost/difc";
import { CallStore } from "./call/call-store.js";
import type { RecordedLabels } from "./decision/decision-record.js";
import { recordedLabels } from "./decision/explain.js";
import type { Shared } from "./shared.js";

/** What there is, for operators. Holds no identities: agents are numbers, the same as in records of decisions. */
export interface Reflection {
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly enforcement: "enforce" | "audit";
  /** The operator's mode. */
  readonly mode: DifcMode;
  readonly servers: Readonly<Record<string, { readonly guard: string }>>;
  readonly agents: readonly (RecordedLabels & { readonly agent: number })[];
}

/** Looks at what there is. Rejects with an error whose cause is what the store has rejected with. */
export async function reflectOn({ agents, store, monitorOptions, isEnforced }: Shared): Promise<Reflection> {
  const states = await Promise.all(
    agents.all().map(async ({ id, key }) => ({ id, state: await new CallStore(store).read(key) })),
  );
  return {
    time: Date.now(),
    enforcement: isEnforced ? "enforce" : "audit",
    mode: monitorOptions.mode ?? "strict",
    servers: Object.fromEntries(
      Array.from(agents.servers.values(), ({ name, engine }) => [name, { guard: engine }]),
    ),
    agents: states.flatMap(({ id, state }) =>
      state === undefined ? [] : [{ agent: id, ...recordedLabels(labelsOf(state)) }],
    ),
  };
}
