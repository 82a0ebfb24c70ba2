import type { AdmittedCall, Monitor } from "@guardhost/difc";

/** Resources of whose changes one agent may be told at the same time, on one server. */
const MAX_SUBSCRIPTIONS = 1_000;

/** The right to be told of the changes of one resource: the request that would read it, admitted. */
export interface Subscription {
  readonly monitor: Monitor;
  readonly admitted: AdmittedCall;
}

/** The resources of whose changes an agent may be told, by their URIs. */
export class Subscriptions {
  readonly #byUri = new Map<string, Subscription>();
  /** Places of those that the server has not granted yet. */
  #reserved = 0;

  /** Keeps a place for one more until what is returned is called; undefined if there is no room. */
  reserve(): (() => void) | undefined {
    if (this.#byUri.size + this.#reserved >= MAX_SUBSCRIPTIONS) return undefined;
    this.#reserved++;
    return () => {
      this.#reserved--;
    };
  }

  add(uri: string, subscription: Subscription): void {
    this.#byUri.set(uri, subscription);
  }

  remove(uri: string): void {
    this.#byUri.delete(uri);
  }

  /** Whether the agent may be told at this moment that the resource has changed. Rejects if the store fails. */
  async mayHear(uri: string): Promise<boolean> {
    const subscription = this.#byUri.get(uri);
    if (subscription === undefined) return false;
    const outcome = await subscription.monitor.after(subscription.admitted, { uri }, { kind: "unlabeled" });
    return outcome.isDelivered;
  }
}
