import fc from "fast-check";
import { Label } from "../../src/labels/label.js";
import type { DescribedLabels, Labels } from "../../src/labels/labels.js";

/** Runs of each property. Properties return whether they hold: `expect` would take most of the time. */
const RUNS = 10_000;

/** Looks for a counterexample. */
export function forAll<T>(property: fc.IProperty<T>): void {
  fc.assert(property, { numRuns: RUNS });
}

/** Looks for a counterexample to something that takes its time. */
export function forAllAsync<T>(property: fc.IAsyncProperty<T>): Promise<void> {
  return fc.assert(property, { numRuns: RUNS });
}

/** Few tags, so that labels overlap. */
export const TAGS = ["a", "b", "c", "private:o/r", "é"] as const;

export const anyTags: fc.Arbitrary<string[]> = fc.subarray([...TAGS]);
export const finiteLabel: fc.Arbitrary<Label> = anyTags.map((tags) => Label.from(tags));
/** One in about twelve is the label of all tags. */
export const anyLabel: fc.Arbitrary<Label> = fc.oneof(
  { weight: 11, arbitrary: finiteLabel },
  { weight: 1, arbitrary: fc.constant(Label.all) },
);
export const anyLabels: fc.Arbitrary<Labels> = fc.record({ secrecy: anyLabel, integrity: anyLabel });
export const anyOperation = fc.constantFrom("read", "write", "read-write");
export const anyMode = fc.constantFrom("strict", "filter", "propagate");

/** Labels with these tags. */
export function labelsOf(secrecy: readonly string[], integrity: readonly string[]): DescribedLabels {
  return { secrecy: Label.from(secrecy), integrity: Label.from(integrity) };
}
