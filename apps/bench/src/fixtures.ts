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
