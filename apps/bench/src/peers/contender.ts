/** A way to host a guest that answers with the bytes it gets. The guests of all copy them once. */
export interface Contender {
  readonly name: string;
  /** The guest, in this host's ABI. */
  module(): Uint8Array<ArrayBuffer>;
  /** Compiles what all instances share, as far as the host can share it. */
  load(module: Uint8Array<ArrayBuffer>): Promise<LoadedContender>;
  /** Whether loading does what its users do before they ship. */
  readonly isBuiltAhead?: boolean;
}

export interface LoadedContender {
  open(): Promise<EchoInstance>;
  close(): Promise<void>;
}

export interface EchoInstance {
  echo(payload: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** What the host's users have to do between two calls, if they know that. */
  readonly afterCall?: (() => Promise<unknown>) | undefined;
  close(): Promise<void>;
}
