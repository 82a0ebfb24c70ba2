import type { LabelStore } from "@guardhost/difc";

/** A store of labels as the gateway needs it: it can be emptied of one agent, and closed. */
export interface GatewayLabelStore extends LabelStore {
  /** Forgets an agent, with all that it has read. Whether there was something to forget. */
  reset(agent: string): Promise<boolean>;
  /** Whether the store can be reached. */
  readonly isReady: boolean;
  close(): Promise<void>;
}
