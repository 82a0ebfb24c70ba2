import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import { type ClientServer, createClientServer } from "../mcp/client-server.js";
import { UniqueIds } from "../mcp/unique-ids.js";
import type { ServerChange } from "../upstream/upstreams.js";
import type { Gateway } from "./gateway.js";

/** The one client of a gateway over stdio. */
const OWNER = "stdio";

/** Announcements of servers that may wait until the client reads; more are dropped. */
const MAX_HEARING = 1_000;

/** The gateway over standard input and output, for the one client that has started it. */
export class StdioGateway {
  readonly #gateway: Gateway;
  readonly #handle: ReturnType<typeof serveStdio>;
  readonly #clients = new Set<ClientServer>();
  #hearing = 0;
  #isOver = false;

  /** @param onEnd told when the client is gone */
  constructor(gateway: Gateway, onEnd: () => void) {
    this.#gateway = gateway;
    const { maxBodyBytes } = gateway.config.gateway;
    const stdio = new StdioServerTransport(process.stdin, process.stdout, {
      maxBufferSize: maxBodyBytes,
    });
    const lost = () => {
      // An output that fails closes the transport as well.
      if (this.#isOver) return;
      this.#isOver = true;
      if (!process.stdin.readableEnded) {
        const why = "nobody reads what it answers, or a message was larger than maxBodyBytes";
        gateway.logger.warn({ maxBodyBytes }, `the connection to the client is lost: ${why}`);
      }
      onEnd();
    };
    this.#handle = serveStdio(
      async ({ era }) => {
        const { gate, config } = gateway;
        const caller = gateway.caller(config.gateway.principal, OWNER);
        const client = await createClientServer({ target: gateway.unified, gate, era, caller });
        this.#clients.add(client);
        return client.server;
      },
      {
        transport: new UniqueIds(stdio, lost),
        onerror: (error) => gateway.logger.debug({ error: error.name }, "a message could not be served"),
      },
    );
    process.stdin.once("close", onEnd);
    // A client that does not read any more may keep the other end of the input open.
    process.stdout.once("error", lost);
    gateway.onChange = (change) => {
      for (const client of this.#clients) void this.#hear(client, change);
    };
  }

  /** Lets calls at work end, answers them, and ends everything. After the end of its input there are none: the SDK has aborted them. */
  async close(): Promise<void> {
    this.#isOver = true;
    await this.#gateway.close(this.#gateway.config.gateway.drainSeconds * 1_000);
    await this.#handle.close();
  }

  async #hear(client: ClientServer, change: ServerChange): Promise<void> {
    // One that does not read must not make a server that has much to say fill the memory.
    if (this.#hearing >= MAX_HEARING) return;
    this.#hearing++;
    // A client that is gone hears nothing.
    await client.hear(change).catch(() => undefined);
    this.#hearing--;
  }
}
