import {
  armTimer,
  GuardError,
  type JsonHost,
  nextTurn,
  onAbort,
  suspendedGuests,
  type Timer,
  tooManySuspended,
} from "@guardhost/core";
import type { Letter, Question, Response } from "../mailbox/caller-mailbox.js";
import type { LogEntry } from "../mailbox/details.js";
import type { Enclosed, GuardThread } from "./guard-thread.js";
import type { EventLoopDebt } from "./polling.js";
import { startedTooLate } from "./thread-failure.js";

/** What all calls of a pool have in common. */
export interface CallSettings {
  readonly graceMs: number;
  readonly debt: EventLoopDebt;
  /** The thread's guest has begun to wait for an asynchronous backend. */
  readonly onParked: (thread: GuardThread) => void;
  /** The guest goes on, or is about to be stopped. */
  readonly onUnparked: (thread: GuardThread) => void;
}

/** A request, and on whose behalf it is made. */
export interface CallRequest {
  readonly letter: Letter;
  readonly enclosed?: Enclosed | undefined;
  readonly host: JsonHost;
  readonly signal?: AbortSignal | undefined;
  /** The worker is through with the request, or gone: the thread is nobody's again. */
  readonly onOver: () => void;
}

/**
 * Milliseconds that the worker gets to confirm a stop before its caller learns of it. Mostly it needs less than one; the
 * guest's last messages are there then when the call rejects, and its thread is free again.
 */
const PROMPT_MS = 5;

/** One request on its way to a thread. The thread is leased until it is over, even where its caller knows earlier. */
export class ThreadCall {
  readonly #settings: CallSettings;
  readonly #thread: GuardThread;
  readonly #request: Omit<CallRequest, "letter" | "enclosed">;
  #settle: { resolve(bytes: Uint8Array): void; reject(reason: unknown): void } | undefined;
  #timers: (Timer | undefined)[] | undefined;
  #unlisten: (() => void) | undefined;
  #backend: AbortController | undefined;
  /** Number of the question that an asynchronous backend is working on. */
  #pending: number | undefined;
  /** Why the backend was not asked. The guest sees a failure; the call fails with this. */
  #refusal: GuardError | undefined;
  #isOver = false;
  #stopped: { readonly reason: unknown; readonly isTimeout: boolean } | undefined;

  constructor(
    settings: CallSettings,
    thread: GuardThread,
    request: Omit<CallRequest, "letter" | "enclosed">,
  ) {
    this.#settings = settings;
    this.#thread = thread;
    this.#request = request;
  }

  /** Makes the request. Rejects with `signal.reason`, or with a GuardError; the thread may not be free yet then. */
  run({ letter, enclosed }: Pick<CallRequest, "letter" | "enclosed">): Promise<Uint8Array> {
    const thread = this.#thread;
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      thread.stopCall = (reason) => this.stop(reason);
      const { mailbox, polling } = thread;
      const wasAwake = mailbox.isAwake;
      try {
        thread.post(letter, enclosed);
      } catch (error) {
        this.#end(undefined, error);
        return;
      }
      polling.poll(mailbox, wasAwake);
      this.#follow(letter.timeoutMs).catch((error) => {
        // An error of our own: nothing is known of the thread any more.
        const reason = new GuardError("TRAPPED", "the thread's messages make no sense", {
          lost: true,
          cause: error,
        });
        thread.end(reason);
        this.#end(undefined, reason);
      });
    });
  }

  /** Gives the request up: its caller gets `reason`. */
  stop(reason: unknown, isTimeout = false): void {
    if (this.#settle === undefined || this.#stopped !== undefined) return;
    this.#stopped = { reason, isTimeout };
    this.#unlisten?.();
    this.#unpark();
    this.#thread.mailbox.stop();
    this.#backend?.abort(reason);
    this.#after(PROMPT_MS, () => this.#reject(reason));
    const { hasStarted } = this.#thread;
    this.#after(this.#settings.graceMs, () => this.#terminate(hasStarted));
  }

  /** Runs in the caller's asynchronous context, and so does the backend. */
  async #follow(timeoutMs: number): Promise<void> {
    const thread = this.#thread;
    const { mailbox } = thread;
    if (this.#settings.debt.add()) {
      this.#arm(timeoutMs);
      await nextTurn();
      this.#settings.debt.clear();
    }
    for (;;) {
      const question = mailbox.takeQuestion();
      if (question === undefined && mailbox.hasResponse()) break;
      if (thread.failure !== undefined) {
        this.#end(undefined, this.#stopped?.reason ?? thread.failure);
        return;
      }
      // Calls that are over before anything waits need none of this.
      if (this.#timers === undefined) this.#arm(timeoutMs);
      if (question === undefined) await thread.news();
      else this.#serve(question);
    }
    this.#finish(mailbox.takeResponse());
  }

  #arm(timeoutMs: number): void {
    this.#timers = [];
    this.#thread.hold(true);
    const { signal } = this.#request;
    if (signal !== undefined) {
      const stop = () => this.stop(signal.reason);
      this.#unlisten = onAbort(signal, stop);
      if (signal.aborted) stop();
    }
    this.#after(timeoutMs, () => {
      if (this.#thread.hasStarted) this.stop(timedOut(true), true);
      else this.stop(startedTooLate());
    });
  }

  #after(ms: number, action: () => void, options?: { readonly keepsAlive: boolean }): void {
    this.#timers?.push(armTimer(performance.now() + ms, action, options));
  }

  /** Asks the backend. Its answer is for this very question, or for nobody. */
  #serve({ number, tool, args, logs }: Question): void {
    this.#deliver(logs);
    // The worker does not wait for it any more.
    if (this.#stopped !== undefined) return;
    if (suspendedGuests.isFull) this.#refusal ??= tooManySuspended();
    if (this.#refusal !== undefined) {
      this.#answer(number, undefined);
      return;
    }
    this.#backend ??= new AbortController();
    try {
      const answer = this.#request.host.askBackend(tool, args, { signal: this.#backend.signal });
      if (answer instanceof Uint8Array) {
        this.#answer(number, answer);
        return;
      }
      const settled = (bytes?: Uint8Array) => {
        if (this.#pending !== number) return;
        this.#unpark();
        this.#answer(number, bytes);
      };
      answer.then(settled, () => settled());
      this.#park(number);
    } catch {
      // The guest sees a failure without a reason; the session has seen the error.
      this.#answer(number, undefined);
    }
  }

  #answer(question: number, bytes: Uint8Array | undefined): void {
    const { mailbox } = this.#thread;
    try {
      mailbox.answer(question, bytes);
    } catch {
      // An answer that does not fit between threads fits no guest.
      mailbox.answer(question, undefined);
    }
  }

  #park(question: number): void {
    // The backend may have given its own call up.
    if (this.#stopped !== undefined) return;
    // A guest may have given up a question before, and waits for one at a time.
    if (this.#pending === undefined) suspendedGuests.enter();
    this.#pending = question;
    this.#settings.onParked(this.#thread);
  }

  #unpark(): void {
    if (this.#pending === undefined) return;
    this.#pending = undefined;
    suspendedGuests.leave();
    this.#settings.onUnparked(this.#thread);
  }

  #deliver(logs: readonly LogEntry[]): void {
    // Its caller has left already: what came late would stand between the messages of later calls.
    if (this.#settle === undefined) return;
    for (const [level, message] of logs) {
      try {
        this.#request.host.log(level, message);
      } catch {
        // A broken log must not decide what flows.
      }
    }
  }

  #finish({ bytes, error, logs }: Response): void {
    this.#deliver(logs);
    const stopped = this.#stopped;
    // A guest that is lost explains more than the backend call that it was refused, and less than a thread that is gone, which
    // has told it to stop.
    const failure = error?.lost ? (this.#thread.failure ?? error) : (this.#refusal ?? error);
    if (stopped === undefined) this.#end(failure === undefined ? bytes : undefined, failure);
    // A guest that has come through, if too late, is intact.
    else if (stopped.isTimeout) this.#end(undefined, timedOut(error?.lost ?? false, error));
    else this.#end(undefined, stopped.reason);
  }

  /**
   * Nothing came of the request to stop: not every guest has checks, and engines can hang.
   *
   * @param hadStarted whether the worker's code has run for as long as it is given
   */
  #terminate(hadStarted: boolean): void {
    const { graceMs } = this.#settings;
    if (!hadStarted) {
      // It will confirm as soon as it has started, or its start fails. Nobody waits for either any more.
      const { hasStarted } = this.#thread;
      this.#thread.hold(false);
      this.#after(graceMs, () => this.#terminate(hasStarted), { keepsAlive: false });
      return;
    }
    const why = `it did not stop within ${graceMs} ms, so its thread was terminated`;
    this.#thread.end(new GuardError("TRAPPED", `an instance of the guard is gone: ${why}`, { lost: true }));
  }

  #end(bytes: Uint8Array | undefined, reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#pending !== undefined) this.#backend?.abort(reason);
    this.#unpark();
    this.#unlisten?.();
    if (this.#timers !== undefined) {
      for (const timer of this.#timers) timer?.cancel();
      this.#thread.hold(false);
    }
    this.#thread.stopCall = undefined;
    this.#request.onOver();
    if (bytes === undefined) this.#reject(reason);
    else this.#settle?.resolve(bytes);
    this.#settle = undefined;
  }

  #reject(reason: unknown): void {
    this.#settle?.reject(reason);
    this.#settle = undefined;
  }
}

function timedOut(lost: boolean, cause?: unknown): GuardError {
  return new GuardError("TIMEOUT", "the guard did not answer in time", { lost, cause });
}
