import { holds } from "./assertions.js";

/** Settles when the event loop has turned. */
export function later<T>(value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, 1, value));
}

/** A call that goes on while the check does something else: nobody is told that it has failed before somebody waits for it. */
export function underWay<T>(call: Promise<T>): Promise<T> {
  call.catch(() => undefined);
  return call;
}

/** Lets time pass while nothing else happens. */
export function spendMilliseconds(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** A promise that somebody else settles. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

/** Makes a {@link Deferred}. */
export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** An abort that a timer raises: when it fires for the `count`th time, 5 ms after the last. */
export function abortOnTick(count: number): { readonly signal: AbortSignal; readonly reason: Error } {
  const controller = new AbortController();
  const reason = new Error("no longer wanted");
  let ticks = 0;
  const timer = setInterval(() => {
    if (++ticks < count) return;
    clearInterval(timer);
    controller.abort(reason);
  }, 5);
  return { signal: controller.signal, reason };
}

/** Milliseconds of deadlines that are to pass while a backend is at work. The first ones are too short for a busy machine. */
const DEADLINES_MS = [30, 300, 3_000, 10_000] as const;

/**
 * Makes `attempt` with one deadline after the other, until it answers that its backend was asked before that had passed. Throws a
 * {@link ConformanceError} when the longest was too short as well.
 */
export async function passDeadline(attempt: (timeoutMs: number) => Promise<boolean>): Promise<void> {
  for (const timeoutMs of DEADLINES_MS) {
    if (await attempt(timeoutMs)) return;
  }
  holds(false, `the backend to be asked within ${DEADLINES_MS.at(-1)} ms`);
}

/** A timer that counts how often it fires. */
export interface Ticks {
  readonly count: number;
  /** Ends it. */
  stop(): void;
}

/** Counts how often a timer of `milliseconds` fires. */
export function countTicks(milliseconds: number): Ticks {
  let count = 0;
  const timer = setInterval(() => count++, milliseconds);
  return {
    get count() {
      return count;
    },
    stop: () => clearInterval(timer),
  };
}
