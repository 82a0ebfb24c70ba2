import type { HandleOptions, McpRequest, McpResult } from "@guardhost/mcp";
import type { Logger } from "../telemetry/logger.js";
import type { Caller } from "./target.js";

/** Pages of one server's list that are put into the list of all. */
const MAX_PAGES = 100;

/** Length of such a list at most, as JSON. */
const MAX_LIST_LENGTH = 16_777_216;

type Item = Readonly<Record<string, unknown>>;

/** What {@link collectLists} needs. */
export interface CollectOptions {
  readonly servers: readonly string[];
  readonly logger: Logger;
  /** What becomes of an item of a server. */
  readonly rename: (server: string, item: Item) => Item;
}

/**
 * The lists of several servers as one, without pages. A server that does not answer, or whose list the agent may not have,
 * is left out: it must not hide the others. Rejects only when all do.
 */
export async function collectLists(
  caller: Caller,
  { method }: McpRequest,
  key: string,
  options: HandleOptions,
  { servers, logger, rename }: CollectOptions,
): Promise<McpResult> {
  const lists = await Promise.allSettled(
    servers.map(async (server) => {
      const items = await allPages(caller, server, { method, key, options });
      return items.map((item) => rename(server, item));
    }),
  );
  options.signal?.throwIfAborted();
  for (const [index, list] of lists.entries()) {
    if (list.status === "rejected") logger.info({ server: servers[index], method }, "a list is left out");
  }
  const [first] = lists;
  if (first?.status === "rejected" && lists.every(({ status }) => status === "rejected")) throw first.reason;
  return { [key]: lists.flatMap((list) => (list.status === "fulfilled" ? list.value : [])) };
}

async function allPages(
  { session }: Caller,
  server: string,
  {
    method,
    key,
    options,
  }: { readonly method: string; readonly key: string; readonly options: HandleOptions },
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: unknown;
  let length = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const result = await session.handle(server, { method, params }, options);
    const list = result[key];
    if (!Array.isArray(list)) throw new TypeError(`the answer to ${method} has no list`);
    length += JSON.stringify(list).length;
    if (length > MAX_LIST_LENGTH) throw new Error("the list of a server is too long");
    items.push(...list);
    cursor = result.nextCursor;
    if (typeof cursor !== "string") return items;
  }
  throw new Error(`the list of a server has more than ${MAX_PAGES} pages`);
}
