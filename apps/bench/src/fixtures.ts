import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { ToolCall } from "@guardhost/native";

/** The filesystem guard, a policy for it, and calls of several sizes. */

export const wasmUrl: URL = new URL(import.meta.resolve("@guardhost/guards/filesystem.wasm"));

export async function readGuard(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(fileURLToPath(wasmUrl)));
}

export const policy = {
  filesystem: {
    mode: "filter",
    agent: { secrecy: ["private:hr"], integrity: [] },
    paths: [
      { prefix: "/share/public", secrecy: [], integrity: ["approved"] },
      { prefix: "/share/hr", secrecy: ["private:hr"], integrity: ["approved"] },
    ],
  },
};

/** What the server's `list_allowed_directories` answers. */
export const allowedDirectories = { content: [{ type: "text", text: "Allowed directories:\n/share" }] };

/** A call whose encoded `label_resource` input has about 200 bytes. */
export const smallCall = {
  name: "read_text_file",
  arguments: { path: "/share/hr/2026/reports/quarterly/salaries-by-department-and-location.csv", head: 20 },
};

/** A file whose content, as `label_response` input, has about `bytes` bytes. It gets one label. */
export function fileOf(bytes: number): { call: ToolCall; result: object } {
  const line = "2026-11-23,department,42,some words that somebody has typed into a cell\n";
  return {
    call: { name: "read_text_file", arguments: { path: "/share/hr/2026/report.csv" } },
    result: { content: [{ type: "text", text: line.repeat(Math.ceil(bytes / line.length)) }] },
  };
}

/** A search whose result, as `label_response` input, has about `bytes` bytes. Each line gets labels. */
export function searchOf(bytes: number): { call: ToolCall; result: object } {
  const lines: string[] = [];
  for (let length = 0, i = 0; length < bytes; i++) {
    const line = `/share/${i % 3 === 0 ? "hr" : "public"}/2026/reports/department-${i % 17}/report-${i}.csv`;
    lines.push(line);
    length += line.length + 2;
  }
  return {
    call: { name: "search_files", arguments: { path: "/share", pattern: "**/*.csv" } },
    result: { content: [{ type: "text", text: lines.join("\n") }] },
  };
}

/** A policy for the tag guards, under which items without the attribute `private` are public. */
export const tagPolicy = {
  tags: {
    mode: "filter",
    agent: { secrecy: [], integrity: [] },
    privateTag: "private:octo",
    privateAttribute: "private",
    tools: [{ name: "list_issues", operation: "read", secrecy: ["private:octo"], integrity: ["approved"] }],
  },
};

/** A call of the tag guards whose encoded `label_resource` input has about 200 bytes. */
export const smallTagCall = {
  name: "list_issues",
  arguments: {
    owner: "octo",
    repo: "hello",
    state: "open",
    labels: ["bug", "help wanted", "good first issue"],
    page: 3,
  },
};

/** A list of issues that, as `label_response` input, has about `bytes` bytes. Each gets labels. */
export function issuesOf(bytes: number): { call: ToolCall; result: object } {
  const issue = {
    title: "It does not work",
    body: "Some words that somebody has typed. ".repeat(8),
    private: true,
  };
  const count = Math.ceil(bytes / JSON.stringify(issue).length);
  const items = Array.from({ length: count }, (_, number) => ({ ...issue, number }));
  return {
    call: { name: "list_issues", arguments: { owner: "octo", repo: "hello" } },
    result: { content: [{ type: "text", text: JSON.stringify({ items }) }] },
  };
}
