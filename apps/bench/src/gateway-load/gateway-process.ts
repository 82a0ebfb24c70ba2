import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { GatewayMemory } from "./memory-probe.js";

const manifestFile = createRequire(import.meta.url).resolve("@guardhost/gateway/package.json");

/** The gateway, as a process of its own. */
export class GatewayProcess {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #directory: string;

  private constructor(url: string, process: ChildProcess, directory: string) {
    this.url = url;
    this.#process = process;
    this.#directory = directory;
  }

  static async start(config: object): Promise<GatewayProcess> {
    const directory = mkdtempSync(join(tmpdir(), "guardhost-load-"));
    const file = join(directory, "gateway.json");
    writeFileSync(file, JSON.stringify(config));
    const probe = import.meta.resolve("./memory-probe.js");
    const main = join(manifestFile, "../dist/main.js");
    const child = spawn(process.execPath, ["--expose-gc", "--import", probe, main, file], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const url = await new Promise<string>((resolve, reject) => {
      const said: string[] = [];
      createInterface({ input: child.stderr as Readable }).on("line", (line) => {
        said.push(line);
        const [, found] = /"the gateway listens".*"url":"([^"]+)"/.exec(line) ?? [];
        if (found !== undefined) resolve(found);
      });
      child.once("close", () => reject(new Error(said.join("\n"))));
    });
    return new GatewayProcess(url, child, directory);
  }

  /** What it holds once it has collected garbage; undefined when it is gone. */
  async memory(): Promise<GatewayMemory | undefined> {
    if (!this.#process.connected) return undefined;
    const answered = once(this.#process, "message");
    const gone = once(this.#process, "disconnect");
    this.#process.send("collect");
    const [memory] = await Promise.race([answered, gone]);
    return memory;
  }

  /** Ends it, and resolves with its exit status, which is 0 unless something went unhandled. */
  async end(): Promise<number | null> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, "exit");
      this.#process.kill("SIGTERM");
      await exited;
    }
    rmSync(this.#directory, { recursive: true });
    return this.#process.exitCode;
  }
}

/** A gateway with the filesystem guard, or without any, for as many principals. */
export function loadConfig(upstream: string, principals: number, isGuarded: boolean): object {
  const guarded = {
    guard: "filesystem",
    backendTools: ["list_allowed_directories"],
    readOnlyTools: ["read_text_file", "directory_tree"],
    definitions: "trusted",
    policy: {
      filesystem: {
        mode: "filter",
        agent: { secrecy: [], integrity: [] },
        paths: [
          { prefix: ".", secrecy: [], integrity: [], writable: true },
          { prefix: "hr", secrecy: ["hr"], integrity: [] },
        ],
      },
    },
  };
  const module = fileURLToPath(import.meta.resolve("@guardhost/guards/filesystem.wasm"));
  return {
    mcpServers: { files: { url: upstream, ...(isGuarded ? guarded : { unguarded: true }) } },
    guards: { filesystem: { path: module, maxLiveInstances: Math.max(64, principals) } },
    gateway: {
      port: 0,
      mode: "filter",
      logLevel: "info",
      auth: { keys: Array.from({ length: principals }, (_, i) => ({ name: `agent-${i}`, key: keyOf(i) })) },
    },
  };
}

/** The key of the principal with this number. */
export function keyOf(number: number): string {
  return `the-key-of-the-agent-${number}`;
}
