import type { Labels, ResourceOperation } from "@guardhost/native";

/** Whether the agent is cleared for the resource, and the resource trustworthy enough for the agent. */
export function mayRead(agent: Labels, resource: Labels): boolean {
  return isSubset(resource.secrecy, agent.secrecy) && isSubset(agent.integrity, resource.integrity);
}

/** Whether the resource is as secret as what the agent knows, and the agent as trustworthy as the resource. */
function mayWrite(agent: Labels, resource: Labels): boolean {
  return isSubset(agent.secrecy, resource.secrecy) && isSubset(resource.integrity, agent.integrity);
}

/**
 * Whether a call may go to the server. A read always may: what it returns is looked at part by part before the agent
 * gets any of it.
 */
export function mayCall(agent: Labels, resource: Labels, operation: ResourceOperation): boolean {
  if (operation === "read") return true;
  return mayWrite(agent, resource) && (operation === "write" || mayRead(agent, resource));
}

function isSubset(tags: readonly string[], of: readonly string[]): boolean {
  return tags.every((tag) => of.includes(tag));
}
