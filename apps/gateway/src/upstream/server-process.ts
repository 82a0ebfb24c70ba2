import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import {
  type JSONRPCMessage,
  ReadBuffer,
  serializeMessage,
  type Transport,
} from "@modelcontextprotocol/client";
import { getDefaultEnvironment } from "@modelcontextprotocol/client/stdio";
import spawn from "cross-spawn";
import { UnreachableError } from "./errors.js";
import { HAS_GROUPS, ProcessGroup } from "./process-group.js";
import { Tail } from "./tail.js";

/** Bytes that a server may leave unread. They stay in memory, also those of requests that nobody waits for any more. */
const MAX_UNREAD_BYTES = 67_108_864;

/** What is started. */
export interface ServerProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Variables of the environment, beside a few that every program needs. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
}

/** How a process has ended: by itself, or by a signal. */
export type ProcessExit = { readonly exitCode: number } | { readonly signal: NodeJS.Signals };

/**
 * A server that is a child process, and speaks MCP over its standard input and output. It ends with all that it has started;
 * the SDK's own transport leaves behind what `npx` has started, and takes longer than clients wait for a gateway to end.
 */
export class ServerProcess implements Transport {
  readonly #options: ServerProcessOptions;
  readonly #buffer = new ReadBuffer();
  readonly #tail = new Tail();
  #child: ChildProcess | undefined;
  #group: ProcessGroup | undefined;
  /** Those who wait until standard input takes more, wait together. */
  #drained: Promise<unknown> | undefined;
  #closed: Promise<void> | undefined;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  constructor(options: ServerProcessOptions) {
    this.#options = options;
  }

  /** The number of the process. By this and the next, the SDK tells a child process from what is reached over HTTP. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Read here, and nobody else's. */
  get stderr(): null {
    return null;
  }

  /** The last that it has said on standard error. */
  lastWords(): string {
    return this.#tail.text();
  }

  /** How it has ended; undefined before. */
  exit(): ProcessExit | undefined {
    const { pid, exitCode = null, signalCode = null } = this.#child ?? {};
    // Of one that could not be started, Node makes up a code.
    if (pid === undefined) return undefined;
    if (exitCode !== null) return { exitCode };
    return signalCode === null ? undefined : { signal: signalCode };
  }

  /** Starts it. Rejects with an {@link UnreachableError} that says why it cannot be started. */
  async start(): Promise<void> {
    const { command, args, env, cwd } = this.#options;
    const child = spawn(command, [...args], {
      env: { ...getDefaultEnvironment(), ...env },
      cwd,
      stdio: "pipe",
      // A signal from the terminal is for the gateway, which lets calls end before it ends its servers.
      detached: HAS_GROUPS,
      windowsHide: true,
    });
    const { stdin, stdout, stderr } = child;
    for (const emitter of [child, stdin, stdout, stderr]) {
      emitter?.on("error", (error: Error) => this.onerror?.(error));
    }
    stdout?.on("data", (chunk: Buffer) => this.#read(chunk));
    // It has to be read, or the server waits for ever once the pipe is full.
    stderr?.on("data", (chunk: Buffer) => this.#tail.push(chunk));
    // One that does not listen or speak any more is of no use, and is started again.
    for (const stream of [stdin, stdout]) stream?.once("close", () => void this.close());
    child.once("close", () => {
      void this.close();
      this.onclose?.();
    });
    this.#child = child;
    if (child.pid !== undefined) this.#group = new ProcessGroup(child);
    try {
      await once(child, "spawn");
    } catch (error) {
      throw new UnreachableError(await whyNotStarted(this.#options, error as NodeJS.ErrnoException));
    }
  }

  /** Resolves when the server can take more. Rejects for one that does not listen, or has left too much unread. */
  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#child?.stdin;
    if (stdin?.writable !== true) throw new Error("the server does not listen any more");
    if (stdin.writableLength > MAX_UNREAD_BYTES) throw new Error("the server does not read what it is sent");
    if (stdin.write(serializeMessage(message))) return;
    this.#drained ??= once(stdin, "drain").finally(() => {
      this.#drained = undefined;
    });
    await this.#drained;
  }

  /** Resolves when it has ended. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#group?.end();
    for (const stream of this.#child?.stdio ?? []) stream?.destroy();
    this.#buffer.clear();
  }

  #read(chunk: Buffer): void {
    try {
      this.#buffer.append(chunk);
    } catch (error) {
      // A message without end. There is no telling where the next one begins.
      this.onerror?.(error as Error);
      void this.close();
      return;
    }
    while (true) {
      try {
        const message = this.#buffer.readMessage();
        if (message === null) return;
        this.onmessage?.(message);
      } catch (error) {
        this.onerror?.(error as Error);
      }
    }
  }
}

/** The system names the program also where it is the folder that is missing. */
async function whyNotStarted(
  { command, cwd }: ServerProcessOptions,
  { code }: NodeJS.ErrnoException,
): Promise<string> {
  const isFolder = async (path: string) => (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  if (cwd !== undefined && !(await isFolder(cwd)))
    return `there is no folder ${cwd} to start it in: see its "cwd"`;
  if (code === "ENOENT") return `there is no program ${command}: see its "command"`;
  return `the program ${command} cannot be started (${code})`;
}
