import type { Delivery } from "@guardhost/difc";
import { isJsonObject } from "../protocol/is-json-object.js";
import type { McpResult } from "../protocol/messages.js";

/** Where a notice stands in a result that has no content to hold it. */
export const NOTICE_META_KEY = "guardhost/notice";

/** Whether the server wants an answer before it carries a request out (2026-07-28). */
export function isInterim({ resultType }: McpResult): boolean {
  return resultType === "input_required";
}

/**
 * The result that the agent gets. What was judged is judged for one agent, so it is nobody else's to take from a cache; the
 * notice of what is missing stands in its `_meta` where its content has no room for it.
 */
export function deliveredResult({ result, notice }: Delivery<McpResult>, hasNotice: boolean): McpResult {
  const isCacheable = result.cacheScope !== undefined || result.ttlMs !== undefined;
  const isMissing = notice !== undefined && !hasNotice;
  if (!isCacheable && !isMissing) return result;
  const { _meta } = result;
  return {
    ...result,
    ...(isCacheable ? { cacheScope: "private" } : {}),
    ...(isMissing ? { _meta: { ...(isJsonObject(_meta) ? _meta : {}), [NOTICE_META_KEY]: notice } } : {}),
  };
}
