import type {
  ChannelCallOptions,
  GuardChannel,
  GuardHost,
  GuardLogLevel,
  GuardOperation,
} from "@guardhost/core";
import { ConformanceError } from "./assertions.js";
import { type Command, program } from "./guest/program.js";

/** Answers a guard's backend calls in a check. */
export type CheckBackend = (tool: string, args: unknown, options: { signal: AbortSignal }) => unknown;

/** What a guard said. */
export interface LogEntry {
  readonly level: GuardLogLevel;
  readonly message: string;
}

/** The host of one instance: remembers what the guard asked and said. */
export class RecordingHost implements GuardHost {
  readonly logs: LogEntry[] = [];
  readonly questions: { readonly tool: string; readonly args: unknown }[] = [];
  readonly #backend: CheckBackend;

  constructor(backend: CheckBackend) {
    this.#backend = backend;
  }

  callBackend(tool: string, args: unknown, options: { signal: AbortSignal }): unknown {
    this.questions.push({ tool, args });
    return this.#backend(tool, args, options);
  }

  log(level: GuardLogLevel, message: string): void {
    this.logs.push({ level, message });
  }
}

/** One instance of the suite's guard, and its host. */
export class OpenGuard {
  readonly channel: GuardChannel;
  readonly host: RecordingHost;

  constructor(channel: GuardChannel, host: RecordingHost) {
    this.channel = channel;
    this.host = host;
  }

  /** Runs commands in `label_resource`, and answers what they write. */
  run(...commands: readonly Command[]): Promise<string> {
    return this.runWith({}, ...commands);
  }

  /** Like {@link run}, within limits. */
  async runWith(options: ChannelCallOptions, ...commands: readonly Command[]): Promise<string> {
    return decode(await this.call("label_resource", program(...commands), options));
  }

  /** Calls a label function. */
  async call(
    operation: GuardOperation,
    input: Uint8Array,
    options?: ChannelCallOptions,
  ): Promise<Uint8Array> {
    return this.channel.call(operation, input, options);
  }

  /** What entered the guard since this was last asked, as `traceEntries` logs it. */
  entries(): string[] {
    const entries = this.host.logs.filter(({ level }) => level === "debug").map(({ message }) => message);
    this.host.logs.length = 0;
    return entries;
  }
}

/** The name, and the numbers, of an entry that `traceEntries` logged. */
export function parseEntry(entry: string | undefined): { readonly name: string; readonly numbers: number[] } {
  if (entry === undefined) throw new ConformanceError("expected one more entry into the guard");
  const [name = "", ...numbers] = entry.split(" ");
  return { name, numbers: numbers.map(Number) };
}

/** An answer as text. */
export function decode(answer: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(answer);
}
