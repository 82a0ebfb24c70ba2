import { assertEngine, assertKnownOptions, assertTimeout, type GuardEngine } from "@guardhost/core";
import { type Ability, groupOf, type NamedAbility, type Requirement } from "./requirement.js";
import { requirements } from "./requirements.js";
import { isNamedAbility, runtimeHas } from "./runtime-abilities.js";

/** A requirement that an engine is known not to meet. */
export interface KnownDeviation {
  readonly id: string;
  /** Why it does not, and what that costs a gateway. */
  readonly reason: string;
}

/** Settings of a run. */
export interface ConformanceOptions {
  /** Abilities, beyond those in `engine.capabilities`, that the engine or its runtime lacks. */
  readonly lacks?: readonly NamedAbility[] | undefined;
  /** Requirements that must fail. One that passes after all fails the run, so that the list cannot go stale. */
  readonly deviations?: readonly KnownDeviation[] | undefined;
  /** Ids and groups to which the run is restricted. All requirements unless given. */
  readonly only?: readonly string[] | undefined;
  /**
   * Whether another guard of the engine is open for as long as the run takes, as in a gateway: what guards share, such as
   * worker threads, is kept from one requirement to the next. False unless given.
   */
  readonly besideAnotherGuard?: boolean | undefined;
  /** Milliseconds that one requirement may take; more than 0. 20,000 unless given. */
  readonly timeoutMs?: number | undefined;
}

const OPTIONS: Record<keyof ConformanceOptions, true> = {
  lacks: true,
  deviations: true,
  only: true,
  besideAnotherGuard: true,
  timeoutMs: true,
};

/** Why a requirement is skipped: an ability that the engine lacks, or one that it has. */
export type SkipReason = Ability | `no ${Ability}`;

/** What is to be done about one requirement. */
export interface PlannedRequirement {
  readonly requirement: Requirement;
  /** Present when the requirement is skipped. */
  readonly skippedFor?: SkipReason;
  /** Present when the requirement must fail. */
  readonly deviation?: KnownDeviation;
}

/**
 * What a run of the suite does, requirement by requirement.
 *
 * Throws a TypeError for what is no engine, and for options that do not exist; and a RangeError for ids and abilities that do not
 * exist, for a deviation without a reason, for a timeout of nothing, and for a plan without requirements: a run that checks nothing
 * must not pass.
 */
export function planConformance(engine: GuardEngine, options: ConformanceOptions = {}): PlannedRequirement[] {
  assertEngine("the suite", engine);
  assertKnownOptions("the suite", options, OPTIONS);
  const { lacks = [], deviations = [], only, timeoutMs = 1 } = options;
  assertTimeout("timeoutMs", timeoutMs);
  for (const ability of lacks) {
    if (!isNamedAbility(ability))
      throw new RangeError(`lacks: there is no ability ${JSON.stringify(ability)} that engines do not state`);
  }
  for (const { id, reason } of deviations) {
    if (!requirements.some((requirement) => requirement.id === id)) {
      throw new RangeError(`deviations: there is no requirement ${JSON.stringify(id)}`);
    }
    if (reason.trim() === "") throw new RangeError(`deviations: ${id} has no reason`);
  }
  for (const name of only ?? []) {
    if (!requirements.some((requirement) => isNamed(requirement, name))) {
      throw new RangeError(`only: there is no requirement and no group ${JSON.stringify(name)}`);
    }
  }
  const chosen = requirements.filter(
    (requirement) => only === undefined || only.some((name) => isNamed(requirement, name)),
  );
  if (chosen.length === 0) throw new RangeError("there is no requirement to check");
  const has = (ability: Ability) => hasAbility(engine, lacks, ability);
  return chosen.map((requirement) => {
    const skippedFor = reasonToSkip(requirement, has);
    const deviation = deviations.find(({ id }) => id === requirement.id);
    return {
      requirement,
      ...(skippedFor === undefined ? {} : { skippedFor }),
      ...(deviation === undefined ? {} : { deviation }),
    };
  });
}

function isNamed(requirement: Requirement, name: string): boolean {
  return requirement.id === name || groupOf(requirement) === name;
}

function hasAbility(engine: GuardEngine, lacks: readonly NamedAbility[], ability: Ability): boolean {
  if (!isNamedAbility(ability)) return engine.capabilities[ability];
  return !lacks.includes(ability) && runtimeHas(ability);
}

function reasonToSkip(
  { needs = [], needsNot = [] }: Requirement,
  has: (ability: Ability) => boolean,
): SkipReason | undefined {
  const missing = needs.find((ability) => !has(ability));
  if (missing !== undefined) return missing;
  const present = needsNot.find(has);
  return present === undefined ? undefined : `no ${present}`;
}
