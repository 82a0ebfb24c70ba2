/**
 * Makes the runtime give back the memories of WebAssembly that nothing on this thread refers to any more, if it has no room for
 * another one: V8 collects garbage before it lets an allocation fail, of the thread that asks and of no other.
 */
export function collectMemories(): void {
  try {
    new WebAssembly.Memory({ initial: 1 });
  } catch {
    // Nothing was to be had here. Whoever needs a memory finds out for itself.
  }
}
