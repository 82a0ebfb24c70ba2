import type { Backend } from "@guardhost/native";
import type { Client } from "@modelcontextprotocol/client";

/** The one tool that the guard may call by itself. */
const ALLOWED_TOOL = "list_allowed_directories";

/**
 * A backend that knows the one answer that the filesystem guard asks for.
 *
 * An MCP client answers asynchronously, but a guard waits for its backend in the middle of its run, which needs a
 * runtime with JavaScript Promise Integration: Node 20 is none. The answer never changes while the server runs, so it is
 * fetched before the guard needs it.
 */
export async function prefetchedBackend(client: Client): Promise<Backend> {
  const answer = await client.callTool({ name: ALLOWED_TOOL });
  return ({ name }) => {
    if (name !== ALLOWED_TOOL) throw new Error(`the guard may not call ${name}`);
    return answer;
  };
}
