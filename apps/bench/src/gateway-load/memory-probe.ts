/** Loaded into a gateway that is under load: answers every message of its parent with what it holds. */
import { mebibytes, type ProcessState, processState } from "../process-state.js";

/** What a gateway holds, garbage collected before, and the most that it has held. */
export interface GatewayMemory extends ProcessState {
  readonly peakRssMiB: number;
}

process.on("message", async () => {
  // In KiB, unlike the others.
  const peakRssMiB = mebibytes(process.resourceUsage().maxRSS * 1_024);
  const memory: GatewayMemory = { ...(await processState()), peakRssMiB };
  process.send?.(memory);
});
// Being asked is not what keeps it running.
process.channel?.unref();
