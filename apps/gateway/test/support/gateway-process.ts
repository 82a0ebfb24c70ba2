import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The built program. */
export const mainFile = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** A line that the gateway has logged. */
export interface LoggedLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** How it is started. */
export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
}

/** The gateway as a process of its own, over HTTP. */
export class GatewayProcess implements AsyncDisposable {
  readonly logs: LoggedLine[] = [];
  readonly file: string;
  readonly #directory: string;
  readonly #process: ChildProcess;
  #url = "";

  private constructor(directory: string, file: string, process: ChildProcess) {
    this.#directory = directory;
    this.file = file;
    this.#process = process;
  }

  /** Starts it, and resolves when it listens. Rejects with what it said when it ends instead. */
  static async start(config: object, { env = {} }: StartOptions = {}): Promise<GatewayProcess> {
    const directory = await mkdtemp(join(tmpdir(), "guardhost-gateway-"));
    const file = join(directory, "gateway.json");
    await writeFile(file, JSON.stringify(config));
    const child = spawn(process.execPath, [mainFile, file], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...env },
    });
    const gateway = new GatewayProcess(directory, file, child);
    try {
      await gateway.#listening();
      return gateway;
    } catch (error) {
      await gateway[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Where it listens, without a path. */
  get url(): string {
    return this.#url;
  }

  /** Writes another configuration, and has it read. */
  async reload(config: object): Promise<void> {
    await writeFile(this.file, JSON.stringify(config));
    this.signal("SIGHUP");
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Tells it to end, and resolves with its exit status, or with the signal that has ended it. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | NodeJS.Signals | null> {
    this.signal(signal);
    return this.ended();
  }

  async ended(): Promise<number | NodeJS.Signals | null> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null) await once(this.#process, "close");
    return this.#process.exitCode ?? this.#process.signalCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await this.end("SIGKILL");
    await rm(this.#directory, { recursive: true });
  }

  #listening(): Promise<void> {
    const { stderr } = this.#process;
    if (stderr === null) throw new Error("standard error is not piped");
    return new Promise((resolve, reject) => {
      const said: string[] = [];
      createInterface({ input: stderr }).on("line", (line) => {
        said.push(line);
        if (!line.startsWith("{")) return;
        const entry = JSON.parse(line) as LoggedLine;
        this.logs.push(entry);
        if (entry.message !== "the gateway listens") return;
        this.#url = String(entry.url);
        resolve();
      });
      this.#process.once("close", () => reject(new Error(said.join("\n"))));
      this.#process.once("error", reject);
    });
  }
}
