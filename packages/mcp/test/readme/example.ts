import { guardMcp } from "@guardhost/mcp";
import { anyObjectPolicy, loadGuard, native } from "@guardhost/native";

const wasm = new URL(import.meta.resolve("@guardhost/guards/filesystem.wasm"));
const guard = await loadGuard(wasm, { engine: native(), policySchema: anyObjectPolicy });

// An assistant of the engineers: it may know what is internal, and not what only hr may know.
const policy = {
  filesystem: {
    mode: "filter",
    agent: { secrecy: ["internal"], integrity: [] },
    paths: [
      { prefix: "/srv/public", secrecy: [], integrity: [], writable: true },
      { prefix: "/srv/work", secrecy: ["internal"], integrity: [], writable: true },
      { prefix: "/srv/hr", secrecy: ["internal", "hr"], integrity: [] },
    ],
  },
};
const guarded = guardMcp({ mode: "filter", servers: { files: { guard, policy } } });

// Once for each connection, or once for each request. The principal is who has authenticated.
const session = guarded.session({
  principal: "alice",
  // Where requests go: here, to a server in one line.
  upstream: async (_server, { params }) => ({ content: [{ type: "text", text: `done: ${params?.name}` }] }),
});

for (const [name, path] of [
  ["read_text_file", "/srv/work/notes.md"],
  ["read_text_file", "/srv/hr/salaries.csv"],
  ["write_file", "/srv/public/leak.md"],
]) {
  const request = { method: "tools/call", params: { name, arguments: { path, content: "" } } };
  const { content } = await session.handle("files", request);
  console.log((content as { text: string }[])[0]?.text);
}
await guarded.close();
await guard.close();
