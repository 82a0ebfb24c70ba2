/** The two constructors of JavaScript Promise Integration, which lets a guest wait for a promise. */
export interface Jspi {
  /** Wraps an import; the guest that calls it is suspended until its promise settles. */
  readonly Suspending: new (
    hostFunction: CallableFunction,
  ) => CallableFunction;
  /** Wraps an export; it returns a promise that settles when the guest is through. */
  promising(guestFunction: CallableFunction): CallableFunction;
}

/** JavaScript Promise Integration, where the runtime has it. */
export function detectJspi(): Jspi | undefined {
  // Where there is no WebAssembly, loading a guard says so.
  const { Suspending, promising } = (globalThis as { WebAssembly?: Partial<Jspi> }).WebAssembly ?? {};
  return Suspending === undefined || promising === undefined ? undefined : { Suspending, promising };
}
