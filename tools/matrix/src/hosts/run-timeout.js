/** Milliseconds that one run of the suite may take. It takes half a minute, and on a very busy machine ten times as long. */
export const RUN_TIMEOUT_MS = 480_000;

/**
 * The same for a run whose result is fetched from a server: `fetch` gives none more than five minutes for an answer, and says only that it
 * has failed.
 */
export const FETCHED_RUN_TIMEOUT_MS = 280_000;
