import type { MailboxBuffers } from "./mailbox/layout.js";

/** The first message to a worker. */
export interface StartMessage {
  readonly kind: "start";
  readonly buffers: MailboxBuffers;
  /** See `WorkerMailboxOptions`. */
  readonly maySpin: boolean;
}

/** What comes with a request to open a channel or to renew the mailbox; sent before the request. */
export interface Enclosure {
  readonly kind: "enclosure";
  readonly generation: number;
  readonly content: unknown;
}
