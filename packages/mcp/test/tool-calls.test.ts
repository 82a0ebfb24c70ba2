import { expect, test } from "vitest";
import { guardMcp } from "../src/index.js";
import { loadFilesystemGuard, policy } from "./support/filesystem.js";

test("reads what the agent may know, and writes where it may", async () => {
  await using guard = await loadFilesystemGuard();
  await using guarded = guardMcp({ servers: { files: { guard, policy } }, mode: "filter" });
  const asked: unknown[] = [];
  const session = guarded.session({
    principal: "alice",
    upstream: async (_server, request) => {
      asked.push(request);
      return { content: [{ type: "text", text: "hello" }] };
    },
  });
  const call = (name: string, path: string) =>
    session.handle("files", { method: "tools/call", params: { name, arguments: { path, content: "x" } } });

  expect(await call("read_text_file", "/srv/work/notes.md")).toEqual({
    content: [{ type: "text", text: "hello" }],
  });
  expect(await call("write_file", "/srv/public/leak.md")).toMatchObject({
    isError: true,
    _meta: { "guardhost/error": { code: -32010, kind: "denied", denial: "flow", isExecuted: false } },
  });
  expect(await call("read_text_file", "/srv/hr/salaries.csv")).toMatchObject({ isError: true });
  expect(asked).toHaveLength(1);
});
