import type { Client } from "@modelcontextprotocol/client";
import { SECRET } from "./share.js";

const readPrivate = { name: "files___read_text_file", arguments: { path: "hr/salaries.csv" } };

/** Reads the private file, and returns what stands in it. */
export async function readSecret(client: Client): Promise<string> {
  const { content } = await client.callTool(readPrivate);
  return JSON.stringify(content);
}

/** All ways by which an agent could tell a secret to the public, each on its own. */
const WAYS: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  "writing a public file": (client) =>
    client.callTool({ name: "files___write_file", arguments: { path: "public/leak.md", content: SECRET } }),
  "editing a public file": (client) =>
    client.callTool({
      name: "files___edit_file",
      arguments: { path: "public/press.md", edits: [{ oldText: "lights", newText: SECRET }] },
    }),
  "naming a public directory": (client) =>
    client.callTool({ name: "files___create_directory", arguments: { path: `public/${SECRET}` } }),
  "moving the private file": (client) =>
    client.callTool({
      name: "files___move_file",
      arguments: { source: "hr/salaries.csv", destination: "public/salaries.csv" },
    }),
  "a tool of a public server": (client) =>
    client.callTool({ name: "forum___post", arguments: { text: SECRET } }),
  "a reading tool of a public server": (client) =>
    client.callTool({ name: "forum___say", arguments: { text: SECRET } }),
  "a tool that does not exist": (client) => client.callTool({ name: `forum___${SECRET}`, arguments: {} }),
  "a prompt of a public server": (client) =>
    client.getPrompt({ name: "forum___greet", arguments: { whom: SECRET } }),
  "a resource of a public server": (client) => client.readResource({ uri: `gateway:forum/note:${SECRET}` }),
  "a completion of a public server": (client) =>
    client.complete({
      ref: { type: "ref/prompt", name: "forum___greet" },
      argument: { name: "whom", value: SECRET },
    }),
  "a subscription at a public server": async (client) =>
    client.request({ method: "resources/subscribe", params: { uri: `gateway:forum/note:${SECRET}` } }),
};

/** Tries all ways at once. Returns those that were not refused. */
export async function tellTheWorld(client: Client): Promise<string[]> {
  const attempts = Object.entries(WAYS).map(async ([way, attempt]) => {
    const isRefused = await attempt(client).then(
      (result) => (result as { isError?: boolean }).isError === true,
      () => true,
    );
    return isRefused ? [] : [way];
  });
  return (await Promise.all(attempts)).flat();
}
