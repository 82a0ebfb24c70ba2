import { copyBytes, GuardError, type GuardLogLevel, type JsonHost } from "@guardhost/core";
import type { WorkerMailbox } from "../mailbox/worker-mailbox.js";

/**
 * What an instance on a worker thread reaches of its host, while it is being opened or called; afterwards its messages
 * are dropped, and its questions refused.
 */
export interface ThreadGuardHost extends JsonHost {
  /**
   * Asks the backend, which is on the caller's thread, and blocks until it has answered. Throws when it fails, when
   * {@link stopReason} says so, and when the call's time is up.
   */
  askBackend(tool: string, args: string): Uint8Array;
  /** Passes the message on with the next question or with the answer of the call, in order. */
  log(level: GuardLogLevel, message: string): void;
  /**
   * Why the guest has to stop, once it has to. Little more than an atomic load: for a running guest to ask every now and
   * then. The caller's patience ends `graceMs` later.
   */
  stopReason(): GuardError | undefined;
  /**
   * Copies the answer of the call to where its caller reads it, if there is room. Returns the copy, for the channel to answer with:
   * nobody copies it once more on this thread then. It changes with the next call.
   */
  placeAnswer(answer: Uint8Array): Uint8Array;
}

/** @param isCurrent whether the instance is the one that is being opened or called */
export function createWorkerHost(mailbox: WorkerMailbox, isCurrent: () => boolean): ThreadGuardHost {
  return {
    askBackend(tool, args) {
      if (!isCurrent()) throw new Error("the backend can be asked during a call only");
      return mailbox.ask(tool, args);
    },
    log(level, message) {
      if (isCurrent()) mailbox.log(level, message);
    },
    stopReason() {
      if (!isCurrent() || mailbox.isStopped) {
        return new GuardError("CLOSED", "the call was stopped by its caller", { lost: true });
      }
      if (!mailbox.gaveUp) return undefined;
      return new GuardError("TIMEOUT", "the guard's backend did not answer in time", { lost: true });
    },
    placeAnswer(answer) {
      return isCurrent() ? mailbox.place(answer) : copyBytes(answer);
    },
  };
}
