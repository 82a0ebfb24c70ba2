import type { GuardOperation } from "../../src/abi/abi.js";
import type {
  CompiledGuard,
  EngineCapabilities,
  GuardChannel,
  GuardEngine,
  GuardHost,
} from "../../src/engine.js";
import { GuardError } from "../../src/error.js";
import { bytesOf, jsonBytes, textOf } from "./bytes.js";

/** One call over a channel of a {@link FakeEngine}. */
export interface EngineCall {
  readonly operation: GuardOperation;
  /** The input, parsed. */
  readonly input: unknown;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly host: GuardHost;
  /** Number of the instance, from 1 up. */
  readonly instance: number;
}

/** What a guard says when nobody tells it what to say. */
export const defaultAnswers: Readonly<Record<GuardOperation, unknown>> = {
  label_agent: { agent: { secrecy: ["s"] }, difc_mode: "filter" },
  label_resource: { resource: { secrecy: ["r"] }, operation: "read" },
  label_response: null,
};

/** Settings of {@link FakeEngine}. */
export interface FakeEngineOptions {
  /** The answer as JSON, or as text; undefined for the default one. What it throws is what the call rejects with. */
  readonly answer?: (call: EngineCall) => unknown;
  readonly compile?: (bytes: Uint8Array | WebAssembly.Module) => unknown;
  readonly open?: (instance: number) => unknown;
  readonly close?: (instance: number) => unknown;
  readonly closeGuard?: () => unknown;
  readonly capabilities?: Partial<EngineCapabilities>;
}

/** An engine without WebAssembly. Writes down what is asked of it. */
export class FakeEngine implements GuardEngine {
  readonly name = "fake";
  readonly capabilities: EngineCapabilities;
  /** What happened: `compile`, `open 1`, `label_agent 1`, `close 1`, `close guard`. */
  readonly events: string[] = [];
  readonly calls: EngineCall[] = [];
  readonly #options: FakeEngineOptions;
  #instances = 0;

  constructor(options: FakeEngineOptions = {}) {
    this.#options = options;
    this.capabilities = {
      interruptible: true,
      asyncBackend: true,
      timeSliced: false,
      linearMemory: true,
      ...options.capabilities,
    };
  }

  async compile(bytes: Uint8Array | WebAssembly.Module): Promise<CompiledGuard> {
    this.events.push("compile");
    await this.#options.compile?.(bytes);
    return {
      open: async (host) => {
        const instance = ++this.#instances;
        this.events.push(`open ${instance}`);
        await this.#options.open?.(instance);
        return this.#channel(instance, host);
      },
      close: async () => {
        this.events.push("close guard");
        await this.#options.closeGuard?.();
      },
    };
  }

  #channel(instance: number, host: GuardHost): GuardChannel {
    return {
      call: async (operation, bytes, options = {}) => {
        this.events.push(`${operation} ${instance}`);
        const { signal, timeoutMs } = options;
        const call = { operation, input: JSON.parse(textOf(bytes)), signal, timeoutMs, host, instance };
        this.calls.push(call);
        const answer = (await this.#options.answer?.(call)) ?? defaultAnswers[operation];
        return typeof answer === "string" ? bytesOf(answer) : jsonBytes(answer);
      },
      close: async () => {
        this.events.push(`close ${instance}`);
        await this.#options.close?.(instance);
      },
    };
  }
}

/** A promise that rejects as a channel does: with the signal's reason once it aborts, and with TIMEOUT in time. */
export function hanging({ signal, timeoutMs }: Pick<EngineCall, "signal" | "timeoutMs">): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    if (timeoutMs === undefined || timeoutMs === Number.POSITIVE_INFINITY) return;
    setTimeout(() => reject(new GuardError("TIMEOUT", "in the guard", { lost: true })), timeoutMs);
  });
}

/** A promise, and the function that resolves it. */
export function gate<T = void>(): { readonly opened: Promise<T>; readonly open: (value: T) => void } {
  let open: (value: T) => void = () => undefined;
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
