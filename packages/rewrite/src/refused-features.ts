import type { WasmFeature } from "@guardhost/core";
import { featureBit } from "./features.js";
import type { ModuleContents } from "./module-contents.js";

/** Proposals that are not rewritten: their instructions may take any time, or they are beyond what caps can bound. */
const refused: readonly WasmFeature[] = [
  "gc",
  "typed-function-references",
  "memory64",
  "multi-memory",
  "threads",
];
/** Their bits. */
export const refusedMask: number = refused.reduce((mask, feature) => mask | featureBit(feature), 0);

/** The proposals that the part of the module which was read uses and should not; undefined when there are none. */
export function refusedFeatures({ features }: ModuleContents): readonly WasmFeature[] | undefined {
  if ((features.mask & refusedMask) === 0) return undefined;
  return refused.filter((feature) => features.mask & featureBit(feature));
}
