import type { ServerResponse } from "node:http";

/** Answers with JSON. */
export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(`${JSON.stringify(body)}\n`);
}

/** Answers with an error that clients of MCP understand as well. */
export function answerError(response: ServerResponse, status: number, message: string): void {
  answerJson(response, status, { jsonrpc: "2.0", id: null, error: { code: -32_600, message } });
}
