import { vi } from "vitest";
import type { GuardLimits } from "../../src/engine.js";
import { createHostFunctions } from "../../src/exchange/host-functions.js";
import { Invocation } from "../../src/exchange/invocation.js";
import { jsonHostOf } from "../../src/exchange/json-host.js";
import { resolveLimits } from "../../src/limits.js";
import { GuestMemory } from "../../src/memory/guest-memory.js";
import { FakeGuest } from "./fake-guest.js";

/** What a guest has around it. */
export interface RunningGuestOptions {
  readonly backend?: (tool: string, args: unknown, options: { signal: AbortSignal }) => unknown;
  readonly log?: (level: string, message: string) => void;
  readonly limits?: Partial<GuardLimits>;
  readonly asyncBackend?: boolean;
  readonly call?: { signal?: AbortSignal; timeoutMs?: number };
}

/** Host functions with a guest whose label function is running. */
export function runningGuest({
  backend = () => null,
  log = () => undefined,
  limits,
  asyncBackend = false,
  call = {},
}: RunningGuestOptions = {}) {
  const callBackend = vi.fn();
  // Not the mock itself, which would look at the promises that the backend returns.
  const answer: typeof backend = (...asked) => {
    callBackend(...asked);
    return backend(...asked);
  };
  const invocation = new Invocation(jsonHostOf({ callBackend: answer, log }), resolveLimits(limits));
  const guest = new FakeGuest();
  guest.host = createHostFunctions(invocation, { asyncBackend, asyncBackendAdvice: "answer at once" });
  invocation.memory = new GuestMemory(guest.memory);
  invocation.begin(call);
  invocation.beforeAttempt();
  const ask = (tool: string, args: string, capacity = 256) => guest.askBackend(tool, args, capacity);
  const callRaw = (...parameters: [number, number, number, number, number, number]) =>
    guest.host?.call_backend(...parameters);
  return { ask, callRaw, callBackend, guest, host: guest.host, invocation };
}
