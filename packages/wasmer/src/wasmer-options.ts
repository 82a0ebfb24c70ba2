import type { GuardSource } from "@guardhost/core";

/** Settings of {@link wasmer}. */
export interface WasmerOptions {
  /**
   * The WebAssembly module of `@wasmer/sdk` itself, 4.8 MB, as bytes, a response, or a URL that can be fetched. Found beside the
   * SDK's code unless given, which bundlers see to. Runtimes start the SDK once: only the first engine is asked for it.
   */
  readonly sdkModule?: GuardSource | undefined;
}
