/** A server that was lost before it answered, or has not answered in time. Says nothing of what was asked. */
export class UpstreamError extends Error {
  override readonly name: string = "UpstreamError";
}

/** A server that could not be reached, so that it has not got the request. */
export class UnreachableError extends UpstreamError {
  override readonly name = "UnreachableError";
  /** Read by `guardMcp`. */
  readonly isExecuted = false;
}
