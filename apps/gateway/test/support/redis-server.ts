import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.js";

/** Debian's package redis-server. Where it is not installed, tests that need it are skipped. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

/** A real Redis on a port of its own. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #directory: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, directory: string) {
    this.port = port;
    this.#directory = directory;
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), "guardhost-redis-")));
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, with all that it had acknowledged. */
  async start(args: readonly string[] = []): Promise<void> {
    const options = [
      "--port",
      String(this.port),
      "--bind",
      "127.0.0.1",
      "--dir",
      this.#directory,
      "--save",
      "",
    ];
    const child = spawn(
      "redis-server",
      [...options, "--appendonly", "yes", "--appendfsync", "always", ...args],
      {
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    this.#process = child;
    for await (const chunk of child.stdout) if (String(chunk).includes("Ready to accept connections")) break;
    child.stdout.resume();
  }

  /** Ends it as a machine does that loses power. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Keeps it from answering, without closing connections. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end("SIGKILL");
    await rm(this.#directory, { recursive: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }
}
