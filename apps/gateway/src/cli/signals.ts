import { killProcessGroups } from "../upstream/process-group.js";

const ENDINGS = ["SIGTERM", "SIGINT"] as const;

/** What signals ask for. */
export interface SignalListeners {
  /** SIGTERM or SIGINT. */
  readonly end: () => void;
  /** SIGHUP. */
  readonly reload: () => void;
}

/**
 * Listens to signals for as long as the process lives. After `end`, or once somebody else has called what is returned, SIGHUP
 * asks for nothing, and the next SIGTERM or SIGINT ends the process at once, as signals do, with all servers that it has
 * started.
 */
export function listenToSignals({ end, reload }: SignalListeners): () => void {
  let isEnding = false;
  const isTold = (): void => {
    isEnding = true;
  };
  const onEnding = (signal: NodeJS.Signals): void => {
    if (isEnding) {
      killProcessGroups();
      for (const ending of ENDINGS) process.off(ending, onEnding);
      process.kill(process.pid, signal);
      return;
    }
    isTold();
    end();
  };
  for (const signal of ENDINGS) process.on(signal, onEnding);
  process.on("SIGHUP", () => {
    // Heard all the same, as it would end the process, and calls with it.
    if (!isEnding) reload();
  });
  // However the process ends.
  process.on("exit", killProcessGroups);
  return isTold;
}
