import { type CallToolResult, Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { type Outcome, type Step, scenario } from "./scenario.js";

/** What became of a step. */
export interface StepReport extends Pick<Step, "title" | "call"> {
  readonly outcome: Outcome;
  /** What the agent gets, as far as it is worth showing. */
  readonly answer: string;
}

/** What became of all of it. */
export interface Report {
  readonly server: string;
  readonly steps: readonly StepReport[];
}

/** How the gateway begins what it says itself, behind what it passes on. */
const NOTICE = "[Filtered]";

/**
 * Makes the calls of the scenario through the gateway at `url`, as any client does. When `signal` is aborted, it rejects.
 *
 * @throws Error when something becomes of a step that must not
 */
export async function runScenario(url: string, key: string, signal: AbortSignal): Promise<Report> {
  const client = new Client({ name: "guardhost-demo", version: "0.0.0" });
  const headers = { authorization: `Bearer ${key}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }), {
    signal,
  });
  try {
    const steps: StepReport[] = [];
    for (const step of scenario) steps.push(await runStep(client, step, signal));
    return { server: client.getServerVersion()?.name ?? "", steps };
  } finally {
    await client.close();
  }
}

async function runStep(client: Client, step: Step, signal: AbortSignal): Promise<StepReport> {
  const { title, call, expected, show = (text) => text } = step;
  const result = await client.callTool(call, { signal });
  const [first = "", ...others] = textsOf(result);
  const isFiltered = others.some((text) => text.startsWith(NOTICE));
  const outcome = result.isError ? "refused" : isFiltered ? "filtered" : "delivered";
  if (outcome !== expected) throw new Error(`"${title}" must be ${expected}, and was ${outcome}: ${first}`);
  return { title, call, outcome, answer: [show(first), ...others].join("\n") };
}

function textsOf({ content }: CallToolResult): string[] {
  return content.map((block) => (block.type === "text" ? block.text : `[${block.type}]`));
}
