/** Milliseconds that one run of the suite may take; it takes seconds, and several times as long on a busy machine. */
export const RUN_TIMEOUT_MS = 240_000;
