import type { JSONRPCMessage, MessageExtraInfo, Transport } from "@modelcontextprotocol/server";
import { DUPLICATE_ID, UnansweredRequests } from "./unanswered-requests.js";

/** A transport that answers a request by itself which has the id of another that is unanswered. */
export class UniqueIds implements Transport {
  readonly #transport: Transport;
  readonly #onClosed: () => void;
  readonly #unanswered = new UnansweredRequests();
  onmessage: NonNullable<Transport["onmessage"]> = () => undefined;
  onclose = (): void => undefined;
  onerror: (error: Error) => void = () => undefined;

  /** @param onClosed told when the transport is closed, by whomever */
  constructor(transport: Transport, onClosed = (): void => undefined) {
    this.#transport = transport;
    this.#onClosed = onClosed;
  }

  start(): Promise<void> {
    const transport = this.#transport;
    transport.onclose = () => {
      this.onclose();
      this.#onClosed();
    };
    transport.onerror = (error) => this.onerror(error);
    transport.onmessage = (message: JSONRPCMessage, extra?: MessageExtraInfo) => {
      this.#unanswered.cancelled([message]);
      if (this.#unanswered.add([message])) this.onmessage(message, extra);
      else transport.send({ jsonrpc: "2.0", error: DUPLICATE_ID }).catch((error) => this.onerror(error));
    };
    return transport.start();
  }

  send(...[message, options]: Parameters<Transport["send"]>): Promise<void> {
    this.#unanswered.answered(message);
    return this.#transport.send(message, options);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}
