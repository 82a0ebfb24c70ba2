/**
 * The suite as vitest tests.
 *
 * @module
 */

import type { GuardEngine } from "@guardhost/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CheckContext } from "./check-context.js";
import { checkRequirement } from "./check-requirement.js";
import { type ConformanceOptions, type PlannedRequirement, planConformance } from "./plan.js";
import { groupOf } from "./requirement.js";

/**
 * Declares one test per requirement, by group. A skipped test names the ability that it needs, and a known deviation is
 * a test that its requirement fails. Throws a TypeError for what is no engine, and for options that do not exist, and a RangeError for
 * those that make no sense.
 */
export function conformanceTests(engine: GuardEngine, options: ConformanceOptions = {}): void {
  const plan = planConformance(engine, options);
  const groups = new Set(plan.map(({ requirement }) => groupOf(requirement)));
  describe(`conformance of ${engine.name}`, () => {
    const beside = new CheckContext(engine);
    beforeAll(async () => {
      if (options.besideAnotherGuard) await beside.open();
    });
    afterAll(() => beside.close());
    for (const group of groups) {
      const planned = plan.filter(({ requirement }) => groupOf(requirement) === group);
      describe(group, () => {
        for (const one of planned) declare(one, engine, options);
      });
    }
  });
}

function declare(planned: PlannedRequirement, engine: GuardEngine, { timeoutMs }: ConformanceOptions): void {
  const { requirement, skippedFor, deviation } = planned;
  const { id, behaviour, source } = requirement;
  const check = () => checkRequirement(requirement, engine, timeoutMs);
  if (skippedFor !== undefined) {
    test.skip(`${id} (needs ${skippedFor})`);
  } else if (deviation === undefined) {
    test(`${id}: ${behaviour} [${source}]`, check);
  } else {
    test(`${id} deviates: ${deviation.reason}`, async () => {
      await expect(check(), "a known deviation that is met is to be deleted from the list").rejects.toThrow();
    });
  }
}
