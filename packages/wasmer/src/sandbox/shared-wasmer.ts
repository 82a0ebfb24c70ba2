import { GuardError } from "@guardhost/core";
import type { Wasmer } from "@wasmer/sdk";
import type { WasmerOptions } from "../wasmer-options.js";

/** One client of the SDK, with its worker threads, for as long as somebody uses it. */
export class SharedWasmer {
  readonly #options: WasmerOptions;
  #client: Promise<Wasmer> | undefined;
  #users = 0;

  constructor(options: WasmerOptions) {
    this.#options = options;
  }

  /** The client, for one more user. Rejects with a GuardError `ENGINE_UNAVAILABLE` where there can be none. */
  async enter(): Promise<Wasmer> {
    this.#users++;
    this.#client ??= createClient(this.#options);
    try {
      return await this.#client;
    } catch (error) {
      this.#users--;
      if (this.#users === 0) this.#client = undefined;
      throw error;
    }
  }

  /** One user less. After the last one nothing is left of the client. */
  async leave(): Promise<void> {
    if (--this.#users > 0) return;
    const client = this.#client;
    this.#client = undefined;
    await (await client)?.close();
  }
}

async function createClient({ sdkModule }: WasmerOptions): Promise<Wasmer> {
  if (typeof SharedArrayBuffer === "undefined" || globalThis.crossOriginIsolated === false) {
    throw new GuardError(
      "ENGINE_UNAVAILABLE",
      "the Wasmer sandbox needs SharedArrayBuffer: serve the page with the headers " +
        "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
    );
  }
  try {
    const { Wasmer } = await import("@wasmer/sdk");
    // Nothing is downloaded, so nothing is worth keeping on a disk.
    return await new Wasmer({ cache: false, ...(sdkModule && { wasm: sdkModule }) }).ready();
  } catch (cause) {
    throw sandboxUnavailable("cannot be started", cause);
  }
}

/** The error for what the SDK cannot do, or not now. */
export function sandboxUnavailable(what: string, cause: unknown): GuardError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new GuardError("ENGINE_UNAVAILABLE", `the Wasmer sandbox ${what}: ${why}`, { lost: true, cause });
}
