import { escapeGuestText } from "../text/guest-text.js";
import { isThenable } from "../time/is-thenable.js";
import type { BackendCall, BackendCaller, BackendScope } from "./backend-scope.js";
import type { Backend, BackendToolCall } from "./guard-session.js";
import type { InstanceHost } from "./instance-opener.js";
import type { GuardLogger } from "./logger.js";

/** What a {@link SessionBackend} works with. */
export interface SessionBackendOptions {
  readonly scope: BackendScope;
  readonly logger: GuardLogger;
  readonly logGuestMessages: boolean;
}

/** The host of a session's instances: what its guard asks and says. */
export class SessionBackend implements InstanceHost {
  readonly #session: BackendCaller;
  readonly #backend: Backend;
  readonly #options: SessionBackendOptions;
  /** The backend call that the running call was made from. */
  #caller: BackendCall | undefined;
  /** The backend call that the running call has made last. */
  #last: BackendCall | undefined;
  /** Whether that one has settled when its guest had stopped waiting for it. */
  #wasTooLate = false;

  constructor(session: BackendCaller, backend: Backend = noBackend, options: SessionBackendOptions) {
    if (typeof backend !== "function") throw new TypeError("the backend must be a function");
    this.#session = session;
    this.#backend = backend;
    this.#options = options;
  }

  /** The backend call that the session waits for. */
  get pending(): BackendCall | undefined {
    return this.#last?.settled ? undefined : this.#last;
  }

  /** Whether the guest of the running call waited for its backend until it had to stop. */
  get keptGuestWaiting(): boolean {
    return this.pending !== undefined || this.#wasTooLate;
  }

  /** A call begins to run, which was made from `caller`. */
  begin(caller: BackendCall | undefined): void {
    this.#caller = caller;
  }

  /** The call is over. Whatever its backend still does, nobody waits for it any more. */
  end(): void {
    if (this.#last !== undefined) this.#last.settled = true;
    this.#last = undefined;
    this.#wasTooLate = false;
    this.#caller = undefined;
  }

  log(level: keyof GuardLogger, message: string): void {
    const { logGuestMessages, logger } = this.#options;
    if (!logGuestMessages) return;
    logger[level]({ untrusted: true, guest: escapeGuestText(message) }, "message of the guard");
  }

  callBackend(tool: string, args: unknown, options: { readonly signal: AbortSignal }): unknown {
    // Not the scope's current call: engines serve backend calls from wherever the guard's request arrives.
    const outer = this.#caller;
    const current: BackendCall = { session: this.#session, outer, waitsFor: new Set(), settled: false };
    this.#last = current;
    this.#wasTooLate = false;
    const settled = () => {
      current.settled = true;
      if (this.#last === current) this.#wasTooLate = options.signal.aborted;
    };
    const succeeded = (answer: unknown) => {
      settled();
      return answer;
    };
    const failed = (error: unknown): never => {
      settled();
      // Only the error's kind: its message may quote arguments or results.
      const kind = error instanceof Error ? error.name : typeof error;
      this.#options.logger.warn({ error: kind }, "a backend call of the guard failed");
      throw error;
    };
    try {
      const answer = this.#options.scope.run(current, () => this.#backend(toolCall(tool, args), options));
      return isThenable(answer) ? Promise.resolve(answer).then(succeeded, failed) : succeeded(answer);
    } catch (error) {
      return failed(error);
    }
  }
}

function noBackend(): never {
  throw new Error("the session has no backend");
}

/** What MCP can carry: an object of arguments, or none. */
function toolCall(name: string, args: unknown): BackendToolCall {
  if (args === null) return { name };
  if (typeof args === "object" && !Array.isArray(args))
    return { name, arguments: args as Record<string, unknown> };
  throw new TypeError("the guard's arguments for a backend call are not an object");
}
