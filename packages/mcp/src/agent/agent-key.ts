/** Whom a session works for, as authentication has established it. */
export interface AgentIdentity {
  /**
   * A name for whoever has authenticated, not empty: never a credential, and never anything that the agent chooses, such as
   * a header (W15).
   */
  readonly principal: string;
  /**
   * A session that is labelled apart from the principal's others, not empty. Only for sessions that an agent cannot begin by
   * itself: whoever may begin another would leave its taint behind. The session of the transport is none of these, so
   * leave it out there, and label all sessions of a principal together.
   */
  readonly session?: string | undefined;
}

/** The key of an agent in a `LabelStore`. Different identities have different keys. */
export function agentKey({ principal, session }: AgentIdentity): string {
  assertName("principal", principal);
  if (session === undefined) return encodeURIComponent(principal);
  assertName("session", session);
  return `${encodeURIComponent(principal)}/${encodeURIComponent(session)}`;
}

function assertName(what: string, name: unknown): asserts name is string {
  if (typeof name !== "string" || name === "")
    throw new TypeError(`the ${what} must be a string that is not empty`);
  if (!name.isWellFormed()) throw new TypeError(`the ${what} must be well-formed Unicode`);
}
