/** Where clients find the gateway. */
export interface Addresses {
  /** Over HTTP, all servers in one. */
  readonly url: string;
  readonly key: string;
  /** What starts it over standard input and output. */
  readonly command: readonly [string, ...string[]];
  /** The sample files. */
  readonly directory: string;
}

/** How to point clients at the gateway. */
export function serveText({ url, key, command: [program, ...args], directory }: Addresses): string {
  const json = (value: unknown) => JSON.stringify(value, null, 2).replace(/^/gm, "  ");
  const headers = { Authorization: `Bearer ${key}` };
  return `The gateway listens on ${url}
The files behind it are in ${directory}

VS Code, in .vscode/mcp.json:
${json({ servers: { guardhost: { type: "http", url, headers } } })}

Claude Desktop, in claude_desktop_config.json, where it starts a gateway of its own over the same files:
${json({ mcpServers: { guardhost: { command: program, args } } })}

The MCP inspector, which needs Node 22.19 or newer:
  npx @modelcontextprotocol/inspector@2 --cli ${url} --transport http --header "Authorization: Bearer ${key}" --method tools/list

Ctrl-C ends it, and removes the files.
`;
}
