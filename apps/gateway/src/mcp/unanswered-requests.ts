import type { RequestId } from "@modelcontextprotocol/server";

/** What of a message is looked at: it is a client's, and may be anything. */
interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: { readonly requestId?: unknown };
}

/** What a client is told whose request has the id of another one. */
export const DUPLICATE_ID = {
  code: -32_600,
  message: "A request with this id is still unanswered. Each request of a session needs an id of its own.",
};

/**
 * The requests of one session that have no answer yet, by their ids. An answer says by nothing else to which request it
 * belongs, so of two with one id neither could be told from the other, by a transport or by a cancel.
 */
export class UnansweredRequests {
  readonly #ids = new Set<unknown>();

  /** Adds the requests among these messages. If one has the id of another that is unanswered, adds none, and returns false. */
  add(messages: readonly unknown[]): boolean {
    const ids = requestIds(messages);
    const isUnique = new Set(ids).size === ids.length && !ids.some((id) => this.#ids.has(id));
    if (isUnique) for (const id of ids) this.#ids.add(id);
    return isUnique;
  }

  /** Removes the requests among these messages again: they were not taken. */
  remove(messages: readonly unknown[]): void {
    for (const id of requestIds(messages)) this.#ids.delete(id);
  }

  /** Removes the request that a message answers. */
  answered(message: unknown): void {
    const { id, method } = asMessage(message);
    if (method === undefined) this.#ids.delete(id);
  }

  /** Removes the requests that these messages cancel, which nobody answers any more. Returns their ids. */
  cancelled(messages: readonly unknown[]): RequestId[] {
    return messages.flatMap((message) => {
      const { method, params } = asMessage(message);
      const id = method === "notifications/cancelled" ? params?.requestId : undefined;
      return this.#ids.delete(id) ? [id as RequestId] : [];
    });
  }
}

function requestIds(messages: readonly unknown[]): unknown[] {
  return messages.flatMap((message) => {
    const { id, method } = asMessage(message);
    return id === undefined || method === undefined ? [] : [id];
  });
}

function asMessage(message: unknown): Message {
  return typeof message === "object" && message !== null ? message : {};
}
