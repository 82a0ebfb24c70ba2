import { Agent, request } from "node:http";

/** An answer over HTTP. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly sessionId: string | undefined;
}

/** A connection that is kept, as clients keep theirs: one that is made anew under load waits for its turn to be accepted. */
export function keptConnection(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1 });
}

/** Posts JSON. Rejects when there is no answer, and when `signal` aborts. */
export function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  { agent, signal }: { readonly agent?: Agent; readonly signal?: AbortSignal },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", headers, agent, signal }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () => {
        const sessionId = response.headers["mcp-session-id"];
        resolve({
          status: response.statusCode ?? 0,
          text,
          sessionId: typeof sessionId === "string" ? sessionId : undefined,
        });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
