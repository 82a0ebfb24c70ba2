import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const server = fileURLToPath(new URL("../fixtures/recording-server.js", import.meta.url));

/** A server that writes down all that it is told. */
export class Recorder implements AsyncDisposable {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(): Promise<Recorder> {
    return new Recorder(await mkdtemp(join(tmpdir(), "guardhost-recorder-")));
  }

  /** The server, as a configuration has it. */
  config(others: object): object {
    return { command: process.execPath, args: [server, this.#file], ...others };
  }

  /** All that has reached it. */
  get text(): string {
    return existsSync(this.#file) ? readFileSync(this.#file, "utf8") : "";
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }

  get #file(): string {
    return join(this.directory, "told.jsonl");
  }
}
