import { parentPort } from "node:worker_threads";
import type { CallerPort } from "./caller-port.js";

/** The line of this worker. Throws where there is none. */
export function openCallerPort(): CallerPort {
  const port = parentPort;
  if (port === null) throw new Error("serveGuards() belongs into the entry file of a worker");
  return {
    listen(onMessage, onGarbled) {
      port.on("message", onMessage);
      port.on("messageerror", onGarbled);
    },
    post: (message) => port.postMessage(message),
    close: () => port.close(),
  };
}
