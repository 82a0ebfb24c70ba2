/** Milliseconds that one run of the suite may take. It takes half a minute, and on a very busy machine ten times as long. */
export const RUN_TIMEOUT_MS = 480_000;
