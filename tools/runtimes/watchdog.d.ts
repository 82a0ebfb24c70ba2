/**
 * Importing this kills the process once its thread has been blocked for a minute, and says so. No runner of tests can tell that from
 * a slow test: without it, nobody hears of it until the whole run is given up.
 */
export {};
