import type { Guard } from "@guardhost/core";

/**
 * Gives a guard its policy once, so that one that it refuses is known before the first call. A guard that asks its server
 * first cannot be tried, as there is none yet: its first call tells.
 *
 * Rejects as `labelAgent` does.
 */
export async function tryPolicy(guard: Guard, policy: unknown): Promise<"accepted" | "unknown"> {
  let hasAsked = false;
  const session = guard.session({
    principal: "guardhost-gateway: trial of a policy",
    backend: () => {
      hasAsked = true;
      throw new Error("there is no server yet");
    },
  });
  try {
    await session.labelAgent(policy);
    return "accepted";
  } catch (error) {
    if (hasAsked) return "unknown";
    throw error;
  } finally {
    await session.close();
  }
}
