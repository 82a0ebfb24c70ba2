import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const manifestFile = createRequire(import.meta.url).resolve("@guardhost/gateway/package.json");

/** The program `guardhost-gateway`. */
export const gatewayProgram: string = join(manifestFile, "../dist/main.js");

/** The gateway, as a process of its own. */
export class GatewayProcess implements AsyncDisposable {
  /** Where it listens, without a path. */
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.url = url;
  }

  /** Starts it. Rejects with what it said when it ends instead of listening, and with the reason when `signal` aborts. */
  static async start(
    file: string,
    env: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<GatewayProcess> {
    const child = spawn(process.execPath, [gatewayProgram, file], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...env },
      // A terminal's Ctrl-C is for the demo, which ends the gateway when it is done with it.
      detached: true,
    });
    // Whatever ends the demo, it leaves no gateway behind.
    const kill = () => child.kill();
    process.once("exit", kill);
    child.once("exit", () => process.off("exit", kill));
    try {
      return new GatewayProcess(child, await listening(child, signal));
    } catch (error) {
      await end(child);
      throw error;
    }
  }

  /** Lets calls at work end. Rejects when it has not ended well. */
  async [Symbol.asyncDispose](): Promise<void> {
    const status = await end(this.#process);
    if (status !== 0) throw new Error(`the gateway has ended with status ${status}`);
  }
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
  }
  return child.exitCode;
}

function listening(child: ChildProcess, signal: AbortSignal): Promise<string> {
  const { stderr } = child;
  if (stderr === null) throw new Error("standard error must be a pipe");
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    child.once("error", reject);
    child.once("close", () => reject(new Error(`the gateway could not be started: ${said.join("\n")}`)));
    createInterface({ input: stderr }).on("line", (line) => {
      said.push(line);
      const [, url] = /"the gateway listens".*"url":"([^"]+)"/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
}
