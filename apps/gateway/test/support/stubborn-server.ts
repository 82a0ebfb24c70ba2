import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const server = fileURLToPath(new URL("../fixtures/stubborn-server.js", import.meta.url));

/** Servers that end only when they are killed, with the helpers that they start. */
export class StubbornServer implements AsyncDisposable {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async create(): Promise<StubbornServer> {
    return new StubbornServer(await mkdtemp(join(tmpdir(), "guardhost-stubborn-")));
  }

  /** The server, as a configuration has it. */
  config(others: object = {}, ...args: readonly string[]): object {
    return { command: process.execPath, args: [server, this.#file, ...args], unguarded: true, ...others };
  }

  /** Writes a file with a configuration. */
  async write(config: object): Promise<string> {
    const file = join(this.#directory, "gateway.json");
    await writeFile(file, JSON.stringify(config));
    return file;
  }

  /** Numbers of all processes that there have been. */
  get started(): number[] {
    return existsSync(this.#file) ? readFileSync(this.#file, "utf8").trim().split("\n").map(Number) : [];
  }

  /** Numbers of those that are still alive. */
  get alive(): number[] {
    return this.started.filter(isAlive);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.alive) process.kill(pid, "SIGKILL");
    await rm(this.#directory, { recursive: true });
  }

  get #file(): string {
    return join(this.#directory, "processes");
  }
}

/** A process that has ended but that nobody has asked about is not alive. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
