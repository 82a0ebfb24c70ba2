import {
  createHostFunctions,
  type GuardChannel,
  type GuardEngine,
  type GuardHost,
  type GuardLimits,
  HOST_MODULE,
  Invocation,
  jsonHostOf,
  openMemoryChannel,
  WASI_MODULE,
  WASI_SIGNATURES,
} from "@guardhost/core";

/** What a test changes about the engine. */
export interface ReferenceOptions {
  readonly name?: string;
  /** Stands between the suite and each channel. */
  readonly wrap?: (channel: GuardChannel) => GuardChannel;
}

/**
 * The least engine that core's exchange runs on: it validates nothing, caps nothing, and its WASI does nothing. The
 * groups that need none of this must pass on it.
 */
export function referenceEngine({
  name = "reference",
  wrap = (channel) => channel,
}: ReferenceOptions = {}): GuardEngine {
  return {
    name,
    capabilities: { interruptible: false, asyncBackend: false, timeSliced: false, linearMemory: true },
    async compile(module, limits) {
      const compiled = await WebAssembly.compile(module as Uint8Array<ArrayBuffer>);
      return { open: async (host) => wrap(await open(compiled, host, limits)), close: async () => undefined };
    },
  };
}

/** Groups of the suite that {@link referenceEngine} meets. */
export const REFERENCE_GROUPS = [
  "call",
  "retry",
  "status",
  "backend",
  "abort",
  "order",
  "recovery",
  "hibernation",
  "payload",
  "policy",
] as const;

function open(module: WebAssembly.Module, host: GuardHost, limits: GuardLimits): Promise<GuardChannel> {
  const invocation = new Invocation(jsonHostOf(host), limits);
  const hostFunctions = createHostFunctions(invocation, {
    asyncBackend: false,
    asyncBackendAdvice: "answer at once",
  });
  const wasi = Object.fromEntries(Object.keys(WASI_SIGNATURES).map((name) => [name, () => 0]));
  const exit = (code: number) => {
    invocation.exited(code);
    throw new Error("the guest has exited");
  };
  const imports = { [HOST_MODULE]: hostFunctions, [WASI_MODULE]: { ...wasi, proc_exit: exit } };
  return openMemoryChannel({
    instantiate: () => WebAssembly.instantiate(module, imports as unknown as WebAssembly.Imports),
    invocation,
    afterEntry: () => undefined,
  });
}
