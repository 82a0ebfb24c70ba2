import { type BuiltInGuard, emptyLabels } from "./built-in-guard.js";

/**
 * The guard of servers that have none: whatever they hold is public and vouched for by nobody, and every call may write to
 * it. So agents that carry a secret, or that require integrity, cannot use them.
 */
export const noopGuard: BuiltInGuard = Object.freeze<BuiltInGuard>({
  name: "noop",
  labelAgent: () => ({ agent: emptyLabels, mode: "strict" }),
  labelResource: () => ({ resource: emptyLabels, operation: "read-write" }),
  labelResponse: () => ({ kind: "unlabeled" }),
});
