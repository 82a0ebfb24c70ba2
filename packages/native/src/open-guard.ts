import {
  createHostFunctions,
  type GuardChannel,
  type GuardHost,
  type GuardLimits,
  HOST_MODULE,
  Invocation,
  openMemoryChannel,
  WASI_MODULE,
} from "@guardhost/core";
import type { Jspi } from "./jspi.js";
import { trap } from "./trap.js";
import { createSealedWasi, type SealedWasi, type SealedWasiOptions } from "./wasi/sealed-wasi.js";

/** What every instance of an engine is opened with. */
export interface OpenOptions {
  readonly limits: GuardLimits;
  readonly wasi: Pick<SealedWasiOptions, "clock" | "random">;
  readonly jspi: Jspi | undefined;
}

const ASYNC_BACKEND_ADVICE =
  "answer synchronously, or run where WebAssembly.Suspending exists (Node 25 and newer, current Chromium, Deno, Bun)";

/** A fresh instance of `module`, initialised and ready for calls. */
export async function openGuard(
  module: WebAssembly.Module,
  host: GuardHost,
  { limits, wasi: wasiOptions, jspi }: OpenOptions,
): Promise<GuardChannel> {
  const invocation = new Invocation(host, limits);
  const imported = WebAssembly.Module.imports(module);
  // What a guard does not import would only cost it something, at each of its calls.
  const wasi = imported.some((entry) => entry.module === WASI_MODULE) && sealedWasi(invocation, wasiOptions);
  const suspends = jspi !== undefined && imported.some(({ name }) => name === "call_backend");
  const hostFunctions = createHostFunctions(invocation, {
    asyncBackend: jspi !== undefined,
    asyncBackendAdvice: ASYNC_BACKEND_ADVICE,
  });
  const imports = {
    [HOST_MODULE]: {
      ...hostFunctions,
      ...(suspends ? { call_backend: new jspi.Suspending(hostFunctions.call_backend) } : {}),
    },
    ...(wasi ? { [WASI_MODULE]: wasi.imports } : {}),
  };
  return openMemoryChannel({
    instantiate: () => WebAssembly.instantiate(module, imports as unknown as WebAssembly.Imports),
    invocation,
    suspendable: suspends ? (guestFunction) => jspi.promising(guestFunction) : undefined,
    afterEntry: wasi ? () => wasi.flush() : undefined,
  });
}

function sealedWasi(invocation: Invocation, options: OpenOptions["wasi"]): SealedWasi {
  return createSealedWasi({
    ...options,
    memory: () => invocation.memory,
    logBytesLeft: () => invocation.logBytesLeft,
    writeLine: (stream, line) => invocation.log(stream === "stderr" ? "warn" : "info", line),
    exit(code) {
      invocation.exited(code);
      return trap();
    },
  });
}
