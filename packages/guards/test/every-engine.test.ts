import { readFileSync } from "node:fs";
import { anyObjectPolicy, type GuardSession, loadGuard } from "@guardhost/native";
import { describe, expect, test } from "vitest";
import { policy, secret, textResult } from "./filesystem-guard.js";
import { everyEngine } from "./support/every-engine.js";

const bytes = new Uint8Array(readFileSync(new URL("../dist/filesystem.wasm", import.meta.url)));
const directories = textResult("Allowed directories:\n/share\n/home/ada");

/** What `use` makes of a session of the guard in AssemblyScript, each of whose calls runs on all engines. */
async function onEveryEngine<T>(use: (session: GuardSession) => Promise<T>): Promise<T> {
  const guard = await loadGuard(bytes, { engine: everyEngine(), policySchema: anyObjectPolicy });
  try {
    return await use(guard.session({ backend: () => directories }));
  } finally {
    await guard.close();
  }
}

const paths = [
  secret("/share/hr", "private:hr"),
  secret("/share/hr/pay", "private:pay"),
  secret("/home/ada/é", "é"),
];
const tools = [
  "read_text_file",
  "write_file",
  "list_directory",
  "directory_tree",
  "search_files",
  "move_file",
  "no_such_tool",
];
const places = [
  "/share/hr/a.txt",
  "/share/hr/../hr/pay/b.csv",
  "/share",
  "../up",
  "/home/ada/É/x",
  "/home/ada/e\u0301",
  "",
  "\0",
];
const lines = (count: number) =>
  Array.from({ length: count }, (_, i) => `/share/${i % 3 === 0 ? "hr" : "open"}/f${i}.csv`);
const results = [
  textResult("name,salary"),
  textResult("[DIR] hr\n[FILE] a.txt\n[DIR] pay"),
  textResult(lines(2_000).join("\n")),
  textResult(JSON.stringify([{ name: "hr", type: "directory", children: [{ name: "pay", type: "file" }] }])),
  textResult("No matches found"),
  { content: [], isError: true },
  { content: [{ type: "image", data: "AAAA", mimeType: "image/png" }] },
  { content: [{ type: "text", text: "x".repeat(1_500_000) }] },
  null,
  "not a result",
];

describe("the guard in AssemblyScript says the same on native(), wasi() and wasmer()", () => {
  test.each([
    ["as it is", policy(paths)],
    ["without a default", policy(paths, null)],
    ["that says nothing", policy([])],
    ["of another guard", { tags: {} }],
    ["with a mistake", policy([{ ...secret("/share"), prefix: "" }])],
  ])("about a policy %s", async (_, document) => {
    const said = await onEveryEngine((session) =>
      session.labelAgent(document).then(
        (answer) => JSON.stringify(answer),
        (error) => String(error.code),
      ),
    );
    expect(said).not.toBe("");
  });

  test("about calls, and what they return", { timeout: 300_000 }, async () => {
    const said = await onEveryEngine(async (session) => {
      await session.labelAgent(policy(paths));
      const endings: string[] = [];
      const note = (outcome: Promise<object>) =>
        outcome.then(
          (answer) => endings.push(JSON.stringify(answer)),
          (error) => endings.push(String(error.code)),
        );
      for (const name of tools) {
        for (const path of places) {
          const call = { name, arguments: { path, source: path, destination: "/share/hr", pattern: "*" } };
          await note(session.labelResource(call));
          for (const result of results)
            if (path.startsWith("/share")) await note(session.labelResponse(call, result));
        }
      }
      return endings;
    });
    expect(said.length).toBe(tools.length * (places.length + 3 * results.length));
    expect(new Set(said).size).toBeGreaterThan(20);
  });
});
