/**
 * Whether this is workerd, by what Cloudflare's documentation tells Workers to look at. There a message to ourselves arrives before
 * timers have their chance, and whatever a request waits for ends with it.
 */
const isWorkerd =
  (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent === "Cloudflare-Workers";

/** Those who wait for the event loop, in order. */
const waiting: (() => void)[] = [];

const schedule = afterTurn(() => {
  waiting.shift()?.();
  if (waiting.length > 0) schedule();
});

/**
 * Resolves once the event loop has turned, so that timers and I/O had their chance. Those who wait at the same time get a
 * turn each, one after the other: what each of them does then may take as long as it takes between two turns.
 */
export function nextTurn(): Promise<void> {
  // One of its own: the turn that another request has asked for may never come.
  if (isWorkerd) return new Promise((resolve) => setTimeout(resolve));
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) schedule();
  });
}

/**
 * Returns a function that has `callback` called once the event loop has turned. Node's own way where there is one; else a
 * message to ourselves, because browsers delay timers that follow each other.
 */
export function afterTurn(callback: () => void): () => void {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => unknown };
  if (setImmediate !== undefined) return () => setImmediate(callback);
  if (isWorkerd) return () => setTimeout(callback);
  let channel: MessageChannel | undefined;
  return () => {
    if (channel === undefined) {
      channel = new MessageChannel();
      channel.port1.onmessage = callback;
    }
    channel.port2.postMessage(undefined);
  };
}
