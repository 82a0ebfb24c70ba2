/**
 * The requirements that every guard engine must meet, and what checks them.
 *
 * @module
 */

export type { CheckContext } from "./check-context.js";
export type { ConformanceOptions, KnownDeviation, SkipReason } from "./plan.js";
export type { Ability, NamedAbility, Requirement } from "./requirement.js";
export { requirements } from "./requirements.js";
export { type ConformanceFailure, type ConformanceReport, runConformance } from "./run-conformance.js";
