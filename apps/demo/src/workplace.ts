import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gatewayConfig, KEY_VARIABLE } from "./gateway-config.js";
import { GatewayProcess, gatewayProgram } from "./gateway-process.js";
import { copySampleFiles } from "./sample-share.js";

/** A gateway over a copy of the sample files. */
export interface Workplace {
  /** The folder of the files. */
  readonly directory: string;
  /** Where clients connect to. */
  readonly url: string;
  /** What the agent authenticates with. */
  readonly key: string;
  /** What starts another gateway over the same files, over standard input and output. */
  readonly command: readonly [string, ...string[]];
}

/**
 * Does some work at a workplace, and clears it away afterwards: the gateway ends, and the files are removed. An abort of
 * `signal` ends the wait for the gateway.
 */
export async function atWorkplace<T>(
  { port, signal }: { readonly port: number; readonly signal: AbortSignal },
  work: (workplace: Workplace) => Promise<T>,
): Promise<T> {
  await using share = await copySampleFiles();
  const file = join(share.directory, "gateway.json");
  await writeFile(file, JSON.stringify(gatewayConfig(share.files, port), null, 2));
  const key = randomBytes(24).toString("base64url");
  signal.throwIfAborted();
  await using gateway = await GatewayProcess.start(file, { [KEY_VARIABLE]: key }, signal);
  return await work({
    directory: share.files,
    url: `${gateway.url}/mcp/files`,
    key,
    command: [process.execPath, gatewayProgram, "--stdio", file],
  });
}
