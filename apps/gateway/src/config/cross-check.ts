import type { z } from "zod";
import type { configSchema } from "./config.js";
import type { Path } from "./document.js";
import type { ServerConfig } from "./server-config.js";

/** Two things in a file that do not go together. */
interface Contradiction {
  readonly path: Path;
  readonly message: string;
}

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** What no schema can say: references, and settings that need others. */
export function crossCheck(
  file: z.output<typeof configSchema>,
  servers: Readonly<Record<string, ServerConfig>>,
): Contradiction[] {
  const found: Contradiction[] = [];
  for (const name of Object.keys(file.mcpServers ?? {})) {
    if (file.servers?.[name] !== undefined) {
      found.push({ path: ["servers", name], message: "mcpServers has a server of this name as well" });
    }
  }
  if (Object.keys(servers).length === 0)
    found.push({ path: [], message: "there is no enabled server in mcpServers" });
  for (const [name, server] of Object.entries(servers)) {
    const path = [file.mcpServers?.[name] === server ? "mcpServers" : "servers", name];
    found.push(
      ...guardProblems(file, server).map((problem) => ({ ...problem, path: [...path, ...problem.path] })),
    );
  }
  const { auth, host } = file.gateway;
  if (auth === false && !LOOPBACK.has(host)) {
    found.push({
      path: ["gateway", "auth"],
      message: `without authentication the gateway listens on a loopback address only, not on ${host}`,
    });
  }
  if (auth) found.push(...repeatedNames(auth.keys));
  return found;
}

function guardProblems(
  { guards }: z.output<typeof configSchema>,
  { guard, unguarded, policy }: ServerConfig,
): Contradiction[] {
  if (guard === undefined) {
    if (unguarded === undefined) {
      return [{ path: [], message: 'a server needs a "guard", or "unguarded": true to be used without' }];
    }
    return policy === undefined
      ? []
      : [{ path: ["policy"], message: "a server without a guard has no policy" }];
  }
  if (unguarded !== undefined) return [{ path: ["unguarded"], message: "the server has a guard as well" }];
  const config = Object.hasOwn(guards, guard) ? guards[guard] : undefined;
  if (config === undefined) {
    const known = Object.keys(guards).map((name) => JSON.stringify(name));
    return [
      {
        path: ["guard"],
        message: `there is no guard of this name; guards has ${known.length > 0 ? known.join(", ") : "none"}`,
      },
    ];
  }
  if (config.type === "noop") {
    return policy === undefined ? [] : [{ path: ["policy"], message: "the guard takes no policy" }];
  }
  return policy === undefined && config.policy === undefined
    ? [{ path: [], message: "neither the server nor its guard has a policy" }]
    : [];
}

function repeatedNames(keys: readonly { readonly name: string }[]): Contradiction[] {
  const names = keys.map(({ name }) => name);
  return names.flatMap((name, index) =>
    names.indexOf(name) < index
      ? [{ path: ["gateway", "auth", "keys", index, "name"], message: "another key has this name" }]
      : [],
  );
}
