import { runConformance } from "@guardhost/conformance";
import { GuardError } from "@guardhost/core";
import { engines } from "./engines.js";

/** Milliseconds for one requirement: some make a thousand instances, on machines that do other things as well. */
const TIMEOUT_MS = 120_000;

/**
 * Runs the whole suite on one engine, wherever this is. Answers the suite's report, or `{ unavailable }` with the reason where the
 * engine cannot run guards on that thread at all.
 *
 * @param {{ engine: string, thread?: string }} cell
 * @param {{ canCompile?: boolean, lacks?: string[], adapt?: (engine: object) => object }} runtime what is to be known of this one
 */
export async function runEngine({ engine, thread }, { canCompile = true, lacks = [], adapt = (one) => one }) {
  const { create, deviations } = engines[engine]({ canCompile });
  try {
    const options = { lacks, deviations, besideAnotherGuard: true, timeoutMs: TIMEOUT_MS };
    return await runConformance(adapt(create({ thread })), options);
  } catch (error) {
    if (GuardError.is(error, "ENGINE_UNAVAILABLE")) return { unavailable: error.message };
    throw error;
  }
}
