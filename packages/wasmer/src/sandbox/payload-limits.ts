import type { GuardLimits } from "@guardhost/core";
import { FromDriver } from "../frames/frame.js";
import type { PayloadLimits } from "../frames/frame-decoder.js";

/** Bytes of output in one frame: what one write of the guard's takes. */
const MAX_WRITE_BYTES = 65_536;

/** How large the frames of a guard with these limits can be. */
export function payloadLimits(limits: GuardLimits): PayloadLimits {
  const { maxOutputBytes, maxBackendArgsBytes, maxLogBytes } = limits;
  return new Map<number, number>([
    ...Object.values(FromDriver).map((tag) => [tag, 0] as const),
    [FromDriver.answer, maxOutputBytes],
    [FromDriver.done, maxOutputBytes],
    // The name of the tool, and its arguments.
    [FromDriver.backendCall, 2 * maxBackendArgsBytes],
    [FromDriver.log, maxLogBytes],
    [FromDriver.output, MAX_WRITE_BYTES],
  ]);
}
