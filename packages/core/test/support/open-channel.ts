import { vi } from "vitest";
import type { ChannelCallOptions, GuardChannel, GuardLimits } from "../../src/engine.js";
import { createHostFunctions, type HostFunctions } from "../../src/exchange/host-functions.js";
import { Invocation } from "../../src/exchange/invocation.js";
import { jsonHostOf } from "../../src/exchange/json-host.js";
import { openMemoryChannel } from "../../src/exchange/memory-channel.js";
import { resolveLimits } from "../../src/limits.js";
import { bytesOf } from "./bytes.js";
import { FakeGuest, type FakeGuestOptions } from "./fake-guest.js";
import { type WasmModuleOptions, wasmModule } from "./wasm-module.js";

/** Limits with buffers of a size that one can overlook. */
export const smallBuffers: Partial<GuardLimits> = { initialOutputBytes: 64, maxOutputBytes: 512 };

/** An input like any other. */
export const anyInput: Uint8Array = bytesOf("in");

/** What a guest has around it. */
export interface Surroundings {
  readonly backend?: (tool: string, args: unknown, options: { signal: AbortSignal }) => unknown;
  readonly limits?: Partial<GuardLimits>;
}

/** What the imports of an instance and its calls share. */
export function hosted({ backend = () => null, limits = smallBuffers }: Surroundings = {}): {
  invocation: Invocation;
  host: HostFunctions;
} {
  const invocation = new Invocation(
    jsonHostOf({ callBackend: backend, log: () => undefined }),
    resolveLimits(limits),
  );
  return {
    invocation,
    host: createHostFunctions(invocation, { asyncBackend: true, asyncBackendAdvice: "" }),
  };
}

/** A channel to a guest made of JavaScript; `call` makes a call of label_resource. */
export async function openFake(options: FakeGuestOptions = {}, surroundings: Surroundings = {}) {
  const guest = new FakeGuest(options);
  const { invocation, host } = hosted(surroundings);
  guest.host = host;
  const afterEntry = vi.fn();
  const afterEnd = vi.fn();
  const instantiate = async () => ({ exports: guest.exports });
  const channel = await openMemoryChannel({ instantiate, invocation, afterEntry, afterEnd });
  const call = (callOptions?: ChannelCallOptions) => channel.call("label_resource", anyInput, callOptions);
  return { guest, channel, invocation, afterEntry, afterEnd, call };
}

/** A channel to a guest of WebAssembly. */
export async function openWasm(
  options: WasmModuleOptions,
  surroundings: Surroundings = {},
): Promise<GuardChannel> {
  const { invocation, host } = hosted(surroundings);
  const instantiate = async () => {
    const module = new WebAssembly.Module(wasmModule(options));
    return new WebAssembly.Instance(module, { env: host as unknown as WebAssembly.ModuleImports });
  };
  return openMemoryChannel({ instantiate, invocation, afterEntry: () => undefined });
}

/** A guest's trap. */
export function unreachable(): never {
  throw new WebAssembly.RuntimeError("unreachable");
}
