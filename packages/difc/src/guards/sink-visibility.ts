import type { SinkVisibility } from "./write-sink-policy.js";

/** Servers that write into the repository of the workflow itself. */
const SAFE_OUTPUTS = ["safe-outputs", "safeoutputs"];

/** What is known about a sink's surroundings. */
export interface SinkContext {
  /** Id of the server. */
  readonly server: string;
  /** Visibility of the repository that the gateway works for; `unknown` when it could not be found out. */
  readonly repository: SinkVisibility | "unknown";
  /** Whether sinks without a visibility are public; true unless given. */
  readonly forcePublic?: boolean | undefined;
  /** Ids of servers for which they are not; `*` for all servers. */
  readonly exemptServers?: readonly string[] | undefined;
}

/**
 * The visibility that a sink really has (spec 2.8): what is written for a public repository is public, whatever a policy
 * says. A sink without one is public unless exempt. Where the repository's is unknown, a sink that writes into it counts
 * as public, too.
 *
 * @returns undefined when nothing is known, so that only the policy's `accept` counts
 */
export function effectiveSinkVisibility(
  configured: SinkVisibility | undefined,
  { server, repository, forcePublic = true, exemptServers = [] }: SinkContext,
): SinkVisibility | undefined {
  if (configured !== undefined) return repository === "public" ? "public" : configured;
  if (SAFE_OUTPUTS.includes(server)) {
    return repository === "public" || repository === "unknown" ? "public" : undefined;
  }
  const isExempt = exemptServers.includes("*") || exemptServers.includes(server);
  return forcePublic && !isExempt ? "public" : undefined;
}
