/** Settings of {@link wasmer}. */
export interface WasmerOptions {
  /**
   * The WebAssembly module of `@wasmer/sdk` itself, 4.8 MB, as bytes, a response, or a URL. Found beside the SDK's code unless
   * given, which bundlers see to.
   */
  readonly sdkModule?: BufferSource | Response | URL | WebAssembly.Module | undefined;
}
