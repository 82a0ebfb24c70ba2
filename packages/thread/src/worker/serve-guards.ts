import {
  type GuardChannel,
  GuardError,
  type GuardOperation,
  type OpenOptions,
  recycle,
} from "@guardhost/core";
import { openCallerPort } from "#caller-port";
import { collectMemories } from "../collect-memories.js";
import { type MailboxBuffers, OPERATION } from "../mailbox/layout.js";
import { WorkerMailbox, type WorkerRequest } from "../mailbox/worker-mailbox.js";
import { Inbox } from "./inbox.js";
import { createWorkerHost, type ThreadGuardHost } from "./worker-host.js";

const NOTHING = new Uint8Array(0);

const LABEL_FUNCTIONS = {
  [OPERATION.label_agent]: "label_agent",
  [OPERATION.label_resource]: "label_resource",
  [OPERATION.label_response]: "label_response",
} as const satisfies Record<number, GuardOperation>;

/**
 * Opens an instance on this thread.
 *
 * @param setup what the engine gave to `ThreadPool.open`, cloned
 * @param options `timeoutMs` only; an abort shows in `host.stopReason()`
 */
export type OpenThreadChannel = (
  setup: never,
  host: ThreadGuardHost,
  options: OpenOptions,
) => Promise<GuardChannel>;

/**
 * Makes this worker serve a `ThreadPool`. To be called once, by the engine's worker entry, as soon as it is loaded. The
 * thread is blocked whenever it waits, so nothing else should be at work on it.
 *
 * The input of a call lies in shared memory and stays the same until the call is over: to be copied from, as always.
 *
 * Throws an Error where this is not a worker.
 */
export function serveGuards(openChannel: OpenThreadChannel): void {
  const port = openCallerPort();
  const inbox = new Inbox(port);
  const served = (async () => {
    const { buffers, maySpin } = await inbox.start();
    const mailbox = new WorkerMailbox(buffers, { maySpin, wakeCaller: () => port.post(undefined) });
    const desk = new Desk(mailbox, inbox, openChannel);
    for (;;) {
      const request = await mailbox.next();
      if (request === undefined) break;
      await desk.serve(request);
    }
    port.close();
  })();
  // A web worker survives a rejection, and its caller would wait for ever. A throw is reported to the caller.
  served.catch((error) =>
    setTimeout(() => {
      throw error;
    }),
  );
}

/** The instances of a thread. */
class Desk {
  readonly #mailbox: WorkerMailbox;
  readonly #inbox: Inbox;
  readonly #openChannel: OpenThreadChannel;
  readonly #channels = new Map<number, GuardChannel>();
  /** The instance that is being opened or called. */
  #current: number | undefined;

  constructor(mailbox: WorkerMailbox, inbox: Inbox, openChannel: OpenThreadChannel) {
    this.#mailbox = mailbox;
    this.#inbox = inbox;
    this.#openChannel = openChannel;
  }

  async serve(request: WorkerRequest): Promise<void> {
    for (const channel of request.drops) this.#drop(channel);
    if (request.operation === OPERATION.renew) {
      // A failure ends the thread: its caller is about to use the regions that did not arrive.
      this.#mailbox.renew((await this.#inbox.enclosure(request.generation)) as MailboxBuffers);
    }
    this.#current = request.channel;
    let body: Uint8Array;
    try {
      body = await this.#run(request);
    } catch (error) {
      this.#current = undefined;
      return this.#mailbox.fail(error);
    }
    this.#current = undefined;
    this.#mailbox.respond(body);
    // It was copied.
    recycle(body);
  }

  async #run(request: WorkerRequest): Promise<Uint8Array> {
    const { operation, channel, input, timeoutMs } = request;
    switch (operation) {
      case OPERATION.drop:
      case OPERATION.renew:
        return NOTHING;
      case OPERATION.collect:
        collectMemories();
        return NOTHING;
      case OPERATION.open:
        await this.#open(request);
        return NOTHING;
      default: {
        const instance = this.#channels.get(channel);
        if (instance === undefined)
          throw new GuardError("CLOSED", "this instance is not here", { lost: true });
        return instance.call(LABEL_FUNCTIONS[operation], input, { timeoutMs });
      }
    }
  }

  async #open({ generation, channel, timeoutMs }: WorkerRequest): Promise<void> {
    const setup = await this.#inbox.enclosure(generation);
    // Nobody waits for it any more.
    if (this.#mailbox.isStopped) throw new GuardError("CLOSED", "the opening was stopped by its caller");
    const host = createWorkerHost(this.#mailbox, () => this.#current === channel);
    this.#channels.set(channel, await this.#openChannel(setup as never, host, { timeoutMs }));
  }

  #drop(channel: number): void {
    const instance = this.#channels.get(channel);
    this.#channels.delete(channel);
    // Gone for its caller in any case, who has not waited for this.
    instance?.close().catch(() => undefined);
  }
}
