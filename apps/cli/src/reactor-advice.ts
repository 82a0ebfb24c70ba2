import { INITIALIZE_EXPORT, type ModuleDescription, START_EXPORT } from "@guardhost/core";

/**
 * What to do about a guard that was built as a command; undefined for all others. It may run well all the same: not every
 * `_start` sets up what a label function needs.
 */
export function reactorAdvice({ exports }: ModuleDescription): string | undefined {
  const names = exports.map(({ name }) => name);
  return names.includes(START_EXPORT) && !names.includes(INITIALIZE_EXPORT) ? ADVICE : undefined;
}

const ADVICE =
  "the guard was built as a command, whose _start the host never calls; if calls trap or lack what that sets up, build a reactor, " +
  "whose _initialize it calls (Go, TinyGo: -buildmode=c-shared, clang: -mexec-model=reactor)";
