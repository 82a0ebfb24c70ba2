import { type CompiledGuard, type GuardChannel, GuardError } from "@guardhost/core";

/** How a {@link closingGuard} opens instances, and what is left to do when it is closed. */
export interface ClosingGuardParts {
  readonly open: CompiledGuard["open"];
  /** Runs once, when all channels are closed. */
  readonly afterClose?: () => Promise<void> | undefined;
}

/** A guard that ends its channels when it is closed, one that is just being opened included, and opens no more. */
export function closingGuard({ open, afterClose }: ClosingGuardParts): CompiledGuard {
  const channels = new Set<GuardChannel>();
  let closing: Promise<void> | undefined;
  const closed = () => new GuardError("CLOSED", "the guard is closed");
  const close = async () => {
    await Promise.all([...channels].map((channel) => channel.close()));
    channels.clear();
    await afterClose?.();
  };
  return {
    async open(host, options) {
      if (closing !== undefined) throw closed();
      const channel = await open(host, options);
      if (closing !== undefined) {
        await channel.close();
        throw closed();
      }
      channels.add(channel);
      return {
        call: (operation, input, callOptions) => channel.call(operation, input, callOptions),
        close() {
          channels.delete(channel);
          return channel.close();
        },
      };
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}
