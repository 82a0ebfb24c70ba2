import type { Client } from "@modelcontextprotocol/client";

/** What became of calls. */
export interface LoadReport {
  readonly succeeded: number;
  /** Messages of those that failed, or were refused, each once. */
  readonly failures: ReadonlySet<string>;
}

/** Calls that several clients make one after the other, until they are told to stop. */
export class Load {
  readonly #clients: readonly Client[];
  readonly #call: Parameters<Client["callTool"]>[0];
  readonly #loops: Promise<void>[];
  readonly #failures = new Set<string>();
  #isStopped = false;
  succeeded = 0;
  failed = 0;

  constructor(clients: readonly Client[], call: Parameters<Client["callTool"]>[0]) {
    this.#clients = clients;
    this.#call = call;
    this.#loops = this.#clients.map((client) => this.#loop(client));
  }

  /** Ends it. Resolves when every call has its reply. */
  async stop(): Promise<LoadReport> {
    this.#isStopped = true;
    await Promise.all(this.#loops);
    return { succeeded: this.succeeded, failures: this.#failures };
  }

  async #loop(client: Client): Promise<void> {
    while (!this.#isStopped) {
      try {
        const result = await client.callTool(this.#call, { timeout: 30_000 });
        if (result.isError) this.#fail(JSON.stringify(result.content));
        else this.succeeded++;
      } catch (error) {
        this.#fail(`${(error as { code?: unknown }).code}: ${(error as Error).message}`);
        // A gateway that is gone answers nothing, at once.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  #fail(message: string): void {
    this.failed++;
    this.#failures.add(message);
  }
}
