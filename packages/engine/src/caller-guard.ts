import { type CompiledGuard, type GuardChannel, GuardError, jsonHostOf } from "@guardhost/core";
import { type InstanceOptions, openGuard } from "./open-guard.js";

/** A guard whose instances live on the caller's thread. */
export function callerGuard<Setup>(
  module: WebAssembly.Module,
  instanceOptions: InstanceOptions<Setup>,
): CompiledGuard {
  const channels = new Set<GuardChannel>();
  let closed = false;
  return {
    async open(host, options) {
      if (closed) throw new GuardError("CLOSED", "the guard is closed");
      const channel = await openGuard(module, jsonHostOf(host), instanceOptions, options);
      channels.add(channel);
      return {
        call: (operation, input, callOptions) => channel.call(operation, input, callOptions),
        close() {
          channels.delete(channel);
          return channel.close();
        },
      };
    },
    async close() {
      closed = true;
      await Promise.all([...channels].map((channel) => channel.close()));
      channels.clear();
    },
  };
}
