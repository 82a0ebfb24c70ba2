import { isJsonObject } from "./is-json-object.js";

/** An error of JSON-RPC that a server has answered with. */
export interface ServerError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** Whether an upstream rejects with what its server has answered, as opposed to an error of the way to it. */
export function isServerError(error: unknown): error is ServerError {
  // Those have numbers as codes, too: of timeouts and aborts.
  if (!isJsonObject(error) || error instanceof DOMException) return false;
  return Number.isSafeInteger(error.code) && typeof error.message === "string";
}
