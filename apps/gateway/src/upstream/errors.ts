/** A server that cannot be reached, or was lost before it answered. Says nothing of what was asked. */
export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
}
