import { GuardError } from "@guardhost/core";
import type { Command, Process } from "@wasmer/sdk";
import type { Frame } from "../frames/frame.js";
import { FrameDecoder, type PayloadLimits } from "../frames/frame-decoder.js";

/** A process ended, or talks no frames. `message` says how, in the words "the guard …" can go before. */
export class ProcessEndedError extends Error {
  override readonly name = "ProcessEndedError";
}

/** How a process has ended: a GuardError if its guard had no part in it. */
export type ProcessEnd = ProcessEndedError | GuardError;

/** What it means that a process has exited by itself, which guards and their driver never let it do. */
export type ExplainExit = (exitCode: number) => Promise<GuardError>;

/** One process of a sandbox: frames in, frames out, and an end. */
export class SandboxProcess {
  readonly #process: Process;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #decoder: FrameDecoder;
  /** Settles when nothing of the process is left, with what it ended with. */
  readonly #exit: Promise<ProcessEnd>;
  #frames: Iterator<Frame, void> | undefined;
  /** What it has ended with by itself. What it sent before may still be to come. */
  #exited: ProcessEnd | undefined;
  #exitListener: ((ended: ProcessEnd) => void) | undefined;
  /** Set as soon as nobody is to talk to the process any more. */
  #over: { readonly reason: unknown } | undefined;
  #endWaiting: ((reason: unknown) => void) | undefined;

  private constructor(process: Process, limits: PayloadLimits, explain: ExplainExit) {
    this.#process = process;
    this.#chunks = (process.stdout as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    this.#decoder = new FrameDecoder(limits);
    this.#exit = exitOf(process, explain);
    this.#exit.then((ended) => {
      this.#exited = ended;
      this.#exitListener?.(ended);
      // The thread that would have ended its output may be gone.
      if (GuardError.is(ended)) this.#hearNoMore(ended);
    });
  }

  /** Starts a process, which sends frames within `limits`. Rejects with what the SDK has against it. */
  static async start(command: Command, limits: PayloadLimits, explain: ExplainExit): Promise<SandboxProcess> {
    const process = await command.spawn({ stdin: "pipe", stdout: "pipe", stderr: "discard" });
    return new SandboxProcess(process, limits, explain);
  }

  /** Whether the process has ended, or is going to. */
  get isOver(): boolean {
    return this.#exited !== undefined || this.#over !== undefined;
  }

  /** Sends bytes. Nobody waits for it: what goes wrong ends the process, which {@link receive} tells. */
  send(bytes: Uint8Array): void {
    if (this.isOver) return;
    // Whatever ended it already is what counts: then this does nothing.
    this.#process.stdin?.write(bytes).catch(() => this.#process.kill().catch(() => undefined));
  }

  /** The next frame. Rejects with its {@link ProcessEnd} when there is none, and with the reason of {@link kill}. Not twice at a time. */
  receive(): Promise<Frame> {
    return new Promise((resolve, reject) => {
      if (this.#over !== undefined) {
        reject(this.#over.reason);
        return;
      }
      this.#endWaiting = reject;
      this.#next().then(resolve, reject);
    });
  }

  /**
   * Calls `listener` when the process has ended, at once if it has already, until the function that is returned is called. For whoever
   * does not {@link receive} meanwhile. One at a time: all that listen at the exit itself would stay there as long as the process.
   */
  onExit(listener: (ended: ProcessEnd) => void): () => void {
    this.#exitListener = listener;
    if (this.#exited !== undefined) listener(this.#exited);
    return () => {
      this.#exitListener = undefined;
    };
  }

  /** Ends the process, of which nothing is heard any more. Resolves once nothing of it is left. May be called more than once. */
  async kill(reason: unknown): Promise<void> {
    this.#hearNoMore(reason);
    // It fails for a process that has ended already.
    await this.#process.kill().catch(() => undefined);
    await this.#exit;
  }

  #hearNoMore(reason: unknown): void {
    this.#over ??= { reason };
    this.#endWaiting?.(this.#over.reason);
  }

  async #next(): Promise<Frame> {
    for (;;) {
      const next = this.#frames?.next();
      if (next?.done === false) return next.value;
      const chunk = await this.#chunks.next();
      if (chunk.done) {
        this.#decoder.end();
        throw await this.#exit;
      }
      this.#frames = this.#decoder.push(chunk.value);
    }
  }
}

/** What the SDK says of a trap, and whatever else ends a guest from inside. */
const GUEST_ERROR = /js: ([^\n]*)/;

async function exitOf(process: Process, explain: ExplainExit): Promise<ProcessEnd> {
  try {
    const { reason, exitCode } = await process.wait();
    return reason === "exited"
      ? explain(exitCode)
      : new ProcessEndedError(`was ended from outside (${reason})`);
  } catch (cause) {
    const [, error] = GUEST_ERROR.exec(String(cause)) ?? [];
    return new ProcessEndedError(error === undefined ? "failed" : `trapped (${error})`, { cause });
  }
}
