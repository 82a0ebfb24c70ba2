/** Everything that a policy of the tag guards can say, small enough to read. */
export const tags = {
  mode: "filter",
  agent: { secrecy: [], integrity: ["approved"] },
  privateTag: "private:octo",
  visibilityTool: "get_repository",
  privateAttribute: "private",
  tools: [
    {
      name: "list_issues",
      operation: "read",
      secrecy: ["private:octo", "internal"],
      integrity: ["approved"],
    },
    { name: "add_comment", operation: "write", secrecy: ["private:octo"], integrity: [] },
    { name: "merge", operation: "read-write", secrecy: ["release"], integrity: ["merged"] },
  ],
};

/** A policy under which the guard asks no backend. */
export function offlinePolicy(): { tags: Omit<typeof tags, "visibilityTool"> } {
  const { visibilityTool: _, ...offline } = tags;
  return { tags: offline };
}

/** An MCP tool result with one text block. */
export function textResult(text: string): { content: { type: string; text: string }[] } {
  return { content: [{ type: "text", text }] };
}
