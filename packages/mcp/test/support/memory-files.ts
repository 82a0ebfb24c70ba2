import { type CallToolResult, inputRequired, Server, type ServerContext } from "@modelcontextprotocol/server";

/** What happens in the server's tools. */
export interface MemoryFilesEvents {
  /** Paths that were written. */
  readonly written: string[];
  /** Reasons for which calls were aborted. */
  readonly aborted: unknown[];
}

const files: Readonly<Record<string, string>> = {
  "/srv/public/handbook.md": "Be kind.",
  "/srv/work/notes.md": "The lens fogs up.",
  "/srv/hr/salaries.csv": "Everybody: 1",
};

/** A file server with tools that are called like those of the real one, and one that waits until it is aborted. */
export function memoryFiles(events: MemoryFilesEvents): Server {
  const server = new Server(
    { name: "files", version: "0.0.0" },
    { capabilities: { tools: { listChanged: true }, resources: {} } },
  );
  server.setRequestHandler("tools/list", async () => ({
    tools: ["read_text_file", "write_file", "directory_tree"].map((name) => ({
      name,
      inputSchema: { type: "object" as const },
    })),
    ttlMs: 60_000,
    cacheScope: "public" as const,
  }));
  server.setRequestHandler("tools/call", async ({ params: { name, arguments: args = {} } }, context) =>
    answer(name, String(args.path), context, events),
  );
  server.setRequestHandler("resources/list", async () => ({
    resources: [{ uri: "file:///srv", name: "srv" }],
  }));
  return server;
}

async function answer(
  tool: string,
  path: string,
  { mcpReq }: ServerContext,
  { written, aborted }: MemoryFilesEvents,
): Promise<CallToolResult | ReturnType<typeof inputRequired>> {
  switch (tool) {
    case "write_file":
      written.push(path);
      return text("written");
    case "directory_tree":
      return text(
        JSON.stringify(["hr", "public", "work"].map((name) => ({ name, type: "directory", children: [] }))),
      );
    case "read_text_file":
      await reportProgress(mcpReq);
      if (path.endsWith("/waits")) return waitForAbort(mcpReq.signal, aborted);
      if (path.endsWith("/asks")) return askFirst(mcpReq);
      return text(files[path] ?? "no such file");
    default:
      return { ...text("no such tool"), isError: true };
  }
}

async function reportProgress({ _meta, notify }: ServerContext["mcpReq"]): Promise<void> {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return;
  const params = { progressToken, progress: 1, total: 2, message: "half of it" };
  await notify({ method: "notifications/progress", params });
}

function waitForAbort(signal: AbortSignal, aborted: unknown[]): Promise<CallToolResult> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      aborted.push(signal.reason);
      reject(signal.reason);
    });
  });
}

/** Asks the user: by an interim result in the newer revision, which the SDK turns into a question in the older. */
function askFirst({
  inputResponses,
}: ServerContext["mcpReq"]): CallToolResult | ReturnType<typeof inputRequired> {
  if (inputResponses?.sure !== undefined) return text(`answered: ${JSON.stringify(inputResponses.sure)}`);
  const requestedSchema = { type: "object" as const, properties: { sure: { type: "boolean" as const } } };
  return inputRequired({
    inputRequests: { sure: inputRequired.elicit({ message: "Are you sure?", requestedSchema }) },
  });
}

function text(content: string): CallToolResult {
  return { content: [{ type: "text", text: content }] };
}
