import type { GuardLogger } from "@guardhost/core";
import { type LabelStore, Monitor, type MonitorOptions } from "@guardhost/difc";
import type { Agents } from "./agent/agents.js";
import type { DecisionListener } from "./decision/decision-record.js";
import type { Instruments } from "./telemetry/instruments.js";
import type { ToolLabels } from "./telemetry/tool-labels.js";

/** What all sessions have in common under one configuration. */
export interface Shared {
  readonly agents: Agents;
  readonly store: LabelStore;
  readonly monitorOptions: MonitorOptions;
  readonly isEnforced: boolean;
  readonly logger: GuardLogger;
  readonly instruments: Instruments;
  readonly toolLabels: ToolLabels;
  readonly onDecision: DecisionListener | undefined;
}

/** A monitor that sees the labels of agents through `store`. */
export function createMonitor({ monitorOptions }: Shared, store: LabelStore): Monitor {
  return new Monitor({ ...monitorOptions, store });
}
