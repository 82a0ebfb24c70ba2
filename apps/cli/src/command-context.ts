import type { StandardStreams } from "./terminal/standard-streams.js";

/** What commands share with whoever runs them. */
export interface CommandContext {
  readonly streams: StandardStreams;
  /** Exit status of a command that ran through: 0 unless it says otherwise. */
  status: number;
  /** What may help after a failure, on a line of its own. */
  hint?: string | undefined;
}
