import type { GuardEngine } from "@guardhost/core";
import { referenceEngine } from "../reference-engine.js";

/** Stands for the engine of whoever reads the README. */
export function myEngine(): GuardEngine {
  return referenceEngine();
}
