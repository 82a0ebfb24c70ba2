/** A guard could not label the agent, which keeps it from all servers: the cause is what the guard has failed with. */
export class AgentLabelError extends Error {
  override readonly name = "AgentLabelError";
  /** The server whose guard it is. */
  readonly server: string;

  constructor(server: string, cause: unknown) {
    super(`the guard of the server ${JSON.stringify(server)} could not label the agent`, { cause });
    this.server = server;
  }
}
