import { isDeepStrictEqual } from "node:util";
import type { Config } from "./config.js";

const NEEDS_RESTART = "this cannot change without a restart";

/** Throws a ConfigError for what needs a restart: it would be half in force. */
export function assertReloadable(current: Config, next: Config): void {
  const [gone] = Object.keys(current.servers).filter((name) => !Object.hasOwn(next.servers, name));
  if (gone !== undefined) {
    throw next.errorAt([], `the server ${gone} is there, and cannot go without a restart`);
  }
  for (const [name, server] of Object.entries(next.servers)) {
    const place = next.placeOf(name);
    const former = current.servers[name];
    if (former === undefined) throw next.errorAt(place, "a server cannot come without a restart");
    const [changed] = differences(connectionOf(former), connectionOf(server));
    if (changed !== undefined) throw next.errorAt([...place, changed], NEEDS_RESTART);
  }
  const [changed] = differences(settingsOf(current), settingsOf(next));
  if (changed !== undefined) throw next.errorAt(["gateway", changed], NEEDS_RESTART);
}

/** The keys under which two objects have different values. */
function differences(one: object, other: object): string[] {
  const [before, after] = [new Map(Object.entries(one)), new Map(Object.entries(other))];
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => !isDeepStrictEqual(before.get(key), after.get(key)));
}

/** The gateway's settings but for who may connect. */
function settingsOf({ gateway: { auth, ...settings } }: Config): object {
  return settings;
}

/** What of a server's configuration is not its guard's. */
function connectionOf(server: Config["servers"][string]): object {
  const { guard, unguarded, policy, backendTools, readOnlyTools, trustAnnotations, ...others } = server;
  const { definitions, guardedMethods, description, autoApprove, alwaysAllow, ...connection } = others;
  return connection;
}
