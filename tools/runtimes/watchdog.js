import { Worker } from "node:worker_threads";

/** Milliseconds for which no test blocks its thread, however busy the machine is. */
const PATIENCE_MS = 60_000;

const beats = new Int32Array(new SharedArrayBuffer(4));

setInterval(() => Atomics.add(beats, 0, 1), 1_000).unref();

const watch = `
  const { writeSync } = require("node:fs");
  const { workerData: beats } = require("node:worker_threads");
  let last = -1;
  setInterval(() => {
    const now = Atomics.load(beats, 0);
    if (now === last) {
      writeSync(2, "The thread of the tests has been blocked for ${PATIENCE_MS} ms: their process is killed.\\n");
      process.kill(process.pid, "SIGKILL");
    }
    last = now;
  }, ${PATIENCE_MS});
`;

new Worker(watch, { eval: true, workerData: beats }).unref();
