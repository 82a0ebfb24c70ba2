import type { EngineCapabilities, GuardEngine } from "@guardhost/core";
import { CheckContext } from "./check-context.js";
import { checkRequirement } from "./check-requirement.js";
import {
  type ConformanceOptions,
  type PlannedRequirement,
  planConformance,
  type SkipReason,
} from "./plan.js";

/** A requirement that an engine should meet and does not. */
export interface ConformanceFailure {
  readonly id: string;
  readonly behaviour: string;
  readonly source: string;
  /** What was found instead. */
  readonly message: string;
}

/** What a run of the suite found. Plain data: it survives JSON. */
export interface ConformanceReport {
  /** Name of the engine. */
  readonly engine: string;
  readonly capabilities: EngineCapabilities;
  /** Ids of the requirements that are met. */
  readonly passed: readonly string[];
  /** Requirements that are not met, and known deviations that do not deviate. Conformance is an empty list. */
  readonly failed: readonly ConformanceFailure[];
  /** Known deviations that failed, as they must. */
  readonly deviations: readonly { readonly id: string; readonly reason: string; readonly message: string }[];
  /** Requirements that were not checked, and for which ability. */
  readonly skipped: readonly { readonly id: string; readonly ability: SkipReason }[];
}

/**
 * Checks an engine against every requirement, one after the other.
 *
 * Rejects with a TypeError for what is no engine, and for options that do not exist; with a RangeError for those that make no
 * sense; and when the other guard cannot be opened that `besideAnotherGuard` asks for. Whatever else the engine does is in
 * the report.
 */
export async function runConformance(
  engine: GuardEngine,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  const plan = planConformance(engine, options);
  const beside = new CheckContext(engine);
  try {
    if (options.besideAnotherGuard) await beside.open();
    return await runPlan(plan, engine, options);
  } finally {
    await beside.close();
  }
}

async function runPlan(
  plan: readonly PlannedRequirement[],
  engine: GuardEngine,
  options: ConformanceOptions,
): Promise<ConformanceReport> {
  const passed: string[] = [];
  const failed: ConformanceFailure[] = [];
  const deviations: { id: string; reason: string; message: string }[] = [];
  const skipped: { id: string; ability: SkipReason }[] = [];
  for (const planned of plan) {
    const { requirement, skippedFor, deviation } = planned;
    const { id, behaviour, source } = requirement;
    if (skippedFor !== undefined) {
      skipped.push({ id, ability: skippedFor });
      continue;
    }
    const message = await failureOf(planned, engine, options);
    if (deviation === undefined) {
      if (message === undefined) passed.push(id);
      else failed.push({ id, behaviour, source, message });
    } else if (message === undefined) {
      failed.push({ id, behaviour, source, message: staleDeviation(deviation.reason) });
    } else {
      deviations.push({ ...deviation, message });
    }
  }
  const { name, capabilities } = engine;
  return { engine: name, capabilities, passed, failed, deviations, skipped };
}

/** What is said of a known deviation that passes. */
function staleDeviation(reason: string): string {
  return `is met, but listed as a known deviation (${reason}): delete it from the list`;
}

async function failureOf(
  { requirement }: PlannedRequirement,
  engine: GuardEngine,
  { timeoutMs }: ConformanceOptions,
): Promise<string | undefined> {
  try {
    await checkRequirement(requirement, engine, timeoutMs);
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
