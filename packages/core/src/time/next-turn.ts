/** Those who wait for the event loop, in order. */
const waiting: (() => void)[] = [];

const schedule = scheduler();

/**
 * Resolves once the event loop has turned, so that timers and I/O had their chance. Those who wait at the same time get a
 * turn each, one after the other: what each of them does then may take as long as it takes between two turns.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) schedule();
  });
}

function turned(): void {
  waiting.shift()?.();
  if (waiting.length > 0) schedule();
}

/** Node's own way where there is one; else a message to ourselves, because browsers delay timers that follow each other. */
function scheduler(): () => void {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => unknown };
  if (setImmediate !== undefined) return () => setImmediate(turned);
  let channel: MessageChannel | undefined;
  return () => {
    if (channel === undefined) {
      channel = new MessageChannel();
      channel.port1.onmessage = turned;
    }
    channel.port2.postMessage(undefined);
  };
}
