/** More addresses than there are anywhere when a memory finds none: V8 reserves 8 GiB and more for each. */
const RESERVED_BYTES = 31 * 2 ** 30;

/**
 * Makes the runtime give back the memories of WebAssembly that nothing on this thread refers to any more, where there is no room for
 * many others: V8 collects garbage before it lets an allocation fail, of the thread that asks and of no other.
 */
export function collectMemories(): void {
  // Node 20 has no such method.
  const { transferToFixedLength }: Partial<ArrayBuffer> = ArrayBuffer.prototype;
  try {
    if (transferToFixedLength === undefined) new WebAssembly.Memory({ initial: 1 });
    // Gives back at once what was reserved, and never committed. A memory would be garbage itself.
    else transferToFixedLength.call(new ArrayBuffer(0, { maxByteLength: RESERVED_BYTES }), 0);
  } catch {
    // Nothing was to be had here. Whoever needs a memory finds out for itself.
  }
}
