import type { Gateway } from "../lifecycle/gateway.js";

/** How the gateway is. */
export interface Health {
  /**
   * - `ok`: everything is there.
   * - `degraded`: some server is down, or some guard refuses a principal for a while; others work.
   * - `unavailable`: the label store cannot be reached, so every call is refused.
   * - `ending`: no calls are taken any more, and no connections, so only who is connected already sees it.
   */
  readonly status: "ok" | "degraded" | "unavailable" | "ending";
  readonly details: object;
}

/** Looks at what is known; asks nobody. */
export function health(gateway: Gateway): Health {
  const { gate, store, upstreams, guards, config } = gateway;
  const servers = upstreams.states();
  const guardStates = Object.fromEntries(
    Array.from(guards, ([name, guard]) => {
      const { sessions, liveInstances, waitingCalls, calls, errors, recoveries } = guard.stats();
      const pausedPrincipals = gateway.pausedPrincipals(name);
      const counts = { calls, errors, recoveries, sessions, liveInstances, waitingCalls, pausedPrincipals };
      return [name, { engine: guard.engine, ...counts }];
    }),
  );
  const details = {
    mode: config.gateway.mode,
    enforcement: config.gateway.enforcement,
    calls: gate.calls,
    store: store.isReady ? "ready" : "unreachable",
    servers,
    guards: guardStates,
  };
  return { status: statusOf(), details };

  function statusOf(): Health["status"] {
    if (gate.isClosed) return "ending";
    if (!store.isReady) return "unavailable";
    const isPaused = Object.values(guardStates).some(({ pausedPrincipals }) => pausedPrincipals > 0);
    return isPaused || Object.values(servers).includes("down") ? "degraded" : "ok";
  }
}
