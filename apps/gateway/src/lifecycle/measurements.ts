import type { Gateway } from "./gateway.js";

const STATES = ["idle", "connecting", "ready", "down", "closed"] as const;

/** Adds the gateway's own numbers to those of calls and decisions. */
export function measure(gateway: Gateway): void {
  const { metrics, gate, upstreams, store } = gateway;
  metrics.gauge("guardhost.gateway.calls", "Calls at work", () => [[gate.calls, {}]]);
  metrics.gauge("guardhost.gateway.store.ready", "Whether the label store can be reached", () => [
    [store.isReady ? 1 : 0, {}],
  ]);
  metrics.gauge("guardhost.gateway.server.state", "1 for the state that a server is in", () =>
    Object.entries(upstreams.states()).flatMap(([server, current]) =>
      STATES.map((state) => [state === current ? 1 : 0, { server, state }] as const),
    ),
  );
  const ofGuards = (read: (stats: GuardStats) => number) => () =>
    Array.from(gateway.guards, ([guard, loaded]) => [read(loaded.stats()), { guard }] as const);
  metrics.observedCounter(
    "guardhost.gateway.guard.calls",
    "Calls of a guard since it was loaded",
    ofGuards(({ calls }) => calls),
  );
  metrics.observedCounter(
    "guardhost.gateway.guard.failures",
    "Calls of a guard that failed, aborts aside",
    ofGuards(({ errors, otherErrors }) =>
      Object.values(errors).reduce((sum, count) => sum + count, otherErrors),
    ),
  );
  metrics.observedCounter(
    "guardhost.gateway.guard.refused",
    "Calls refused because a guard has failed too often",
    ofGuards(({ errors }) => errors.UNHEALTHY ?? 0),
  );
  metrics.observedCounter(
    "guardhost.gateway.guard.recoveries",
    "Instances that were made anew",
    ofGuards(({ recoveries }) => recoveries),
  );
  metrics.gauge(
    "guardhost.gateway.guard.instances",
    "Instances that are open",
    ofGuards(({ liveInstances }) => liveInstances),
  );
  metrics.gauge(
    "guardhost.gateway.guard.waiting",
    "Calls that wait for a guard",
    ofGuards(({ waitingCalls }) => waitingCalls),
  );
  metrics.gauge(
    "guardhost.gateway.guard.paused",
    "Principals that a guard refuses for a while, because it has failed too often for them",
    () => Array.from(gateway.guards.keys(), (guard) => [gateway.pausedPrincipals(guard), { guard }] as const),
  );
}

type GuardStats = ReturnType<NonNullable<ReturnType<Gateway["guards"]["get"]>>["stats"]>;
