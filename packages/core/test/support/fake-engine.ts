import type { GuardOperation } from "../../src/abi/abi.js";
import type {
  CompiledGuard,
  EngineCapabilities,
  GuardChannel,
  GuardEngine,
  GuardHost,
  OpenOptions,
} from "../../src/engine.js";
import { GuardError } from "../../src/error.js";
import { waitFor } from "../../src/time/wait-for.js";
import { bytesOf, jsonBytes, textOf } from "./bytes.js";

/** One call over a channel of a {@link FakeEngine}. */
export interface EngineCall {
  readonly operation: GuardOperation;
  /** The input, parsed. */
  readonly input: unknown;
  /** The input, as text and as it came. */
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  /** Whether a backend waited for it when it was made. */
  readonly nested: boolean | undefined;
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
  /** The answer as JSON, text or bytes; undefined for the default one. What it throws is what the call rejects with. */
  readonly answer?: (call: EngineCall) => unknown;
  readonly compile?: (bytes: Uint8Array | WebAssembly.Module) => unknown;
  readonly open?: (instance: number, options: OpenOptions) => unknown;
  readonly close?: (instance: number) => unknown;
  readonly closeGuard?: () => unknown;
  readonly capabilities?: Partial<EngineCapabilities>;
  readonly maxLiveInstances?: number;
}

/** An engine without WebAssembly. Writes down what is asked of it. */
export class FakeEngine implements GuardEngine {
  readonly name = "fake";
  readonly capabilities: EngineCapabilities;
  /** What happened: `compile`, `open 1`, `label_agent 1`, `close 1`, `close guard`. */
  readonly events: string[] = [];
  readonly calls: EngineCall[] = [];
  /** What each instance was opened with, and whether a backend waited for it then. */
  readonly opens: (OpenOptions & { readonly nested: boolean | undefined })[] = [];
  readonly maxLiveInstances: number | undefined;
  readonly #options: FakeEngineOptions;
  #instances = 0;

  constructor(options: FakeEngineOptions = {}) {
    this.#options = options;
    this.maxLiveInstances = options.maxLiveInstances;
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
      open: async (host, options = {}) => {
        const instance = ++this.#instances;
        this.events.push(`open ${instance}`);
        this.opens.push({ ...options, nested: options.nesting?.isNested });
        await this.#options.open?.(instance, options);
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
        const text = textOf(bytes);
        const { signal, timeoutMs, nesting } = options;
        const nested = nesting?.isNested;
        const input: unknown = JSON.parse(text);
        const call = { operation, input, text, bytes, signal, timeoutMs, nested, host, instance };
        this.calls.push(call);
        const answer = (await this.#options.answer?.(call)) ?? defaultAnswers[operation];
        if (answer instanceof Uint8Array) return answer;
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
export function hanging({
  signal,
  timeoutMs = Number.POSITIVE_INFINITY,
}: Pick<EngineCall, "signal" | "timeoutMs">): Promise<never> {
  return waitFor(new Promise<never>(() => undefined), {
    deadline: performance.now() + timeoutMs,
    signal,
    onTimeout: () => new GuardError("TIMEOUT", "in the guard", { lost: true }),
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
