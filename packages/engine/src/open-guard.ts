import {
  createHostFunctions,
  type GuardChannel,
  type GuardError,
  type GuardLimits,
  HOST_MODULE,
  INTERRUPT_STOP,
  Interrupts,
  Invocation,
  isAllocating,
  type JsonHost,
  type OpenOptions,
  openMemoryChannel,
  WASI_MODULE,
  type WasiFunction,
} from "@guardhost/core";
import {
  CHECK_IMPORT,
  COUNTDOWN_EXPORT,
  INTERRUPT_MODULE,
  PAUSE_IMPORT,
  START_FUNCTION_EXPORT,
} from "@guardhost/rewrite";
import type { CreateWasi } from "./instance-wasi.js";
import type { Jspi } from "./jspi.js";
import { suspendingBackend } from "./suspending-backend.js";

/** What every instance of a guard is opened with. */
export interface InstanceOptions<Setup> {
  readonly limits: GuardLimits;
  readonly createWasi: CreateWasi<Setup>;
  readonly setup: Setup;
  /** By which guests are suspended, where they can be. */
  readonly jspi?: Jspi | undefined;
  /** Milliseconds of uninterrupted guest time after which the event loop turns, where there is JSPI. */
  readonly sliceMs?: number | undefined;
  /** Why a guest has to stop, where no event of this thread can tell. */
  readonly stopReason?: (() => GuardError | undefined) | undefined;
  /** See `MemoryInstance`. */
  readonly copyAnswer?: ((answer: Uint8Array) => Uint8Array) | undefined;
}

const ASYNC_BACKEND_ADVICE =
  "answer synchronously, let the engine use worker threads, or run where WebAssembly.Suspending exists (Node 24.21 and 25 up, Chromium, Deno, Bun)";

/** A fresh instance of a module that prepareGuard rewrote, initialised and ready for calls. */
export async function openGuard<Setup>(
  module: WebAssembly.Module,
  host: JsonHost,
  { limits, createWasi, setup, jspi, sliceMs, stopReason, copyAnswer }: InstanceOptions<Setup>,
  options: OpenOptions = {},
): Promise<GuardChannel> {
  const invocation = new Invocation(host, limits);
  const interrupts = new Interrupts(invocation, { sliceMs: jspi && sliceMs, stopReason });
  const imported = new Set(
    WebAssembly.Module.imports(module)
      .filter((entry) => entry.module === WASI_MODULE)
      // The module was checked: there are no other functions.
      .map(({ name }) => name as WasiFunction),
  );
  // What a guard does not import would only cost it something, at each of its calls.
  const wasi = imported.size > 0 ? await createWasi(invocation, setup, imported) : undefined;
  const hostFunctions = createHostFunctions(invocation, {
    asyncBackend: jspi !== undefined,
    asyncBackendAdvice: ASYNC_BACKEND_ADVICE,
  });
  const { call_backend } = hostFunctions;
  const imports = {
    [HOST_MODULE]: {
      ...hostFunctions,
      call_backend: jspi
        ? suspendingBackend(jspi, call_backend, () => isAllocating(invocation.memory))
        : call_backend,
    },
    [INTERRUPT_MODULE]: {
      [CHECK_IMPORT]: interrupts.check,
      // Without JSPI no check asks for a pause.
      [PAUSE_IMPORT]: jspi ? new jspi.Suspending(interrupts.pause) : () => INTERRUPT_STOP,
    },
    ...(wasi ? { [WASI_MODULE]: wasi.imports } : {}),
  };
  return openMemoryChannel(
    {
      instantiate: () => WebAssembly.instantiate(module, imports as unknown as WebAssembly.Imports),
      invocation,
      interruptExports: { countdown: COUNTDOWN_EXPORT, start: START_FUNCTION_EXPORT },
      copyAnswer,
      suspendable: jspi && ((guestFunction) => jspi.promising(guestFunction)),
      afterEntry: wasi && (() => wasi.flush()),
      afterEnd: wasi?.close && (() => wasi.close?.()),
    },
    options,
  );
}
