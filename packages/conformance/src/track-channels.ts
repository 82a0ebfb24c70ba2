import type { GuardChannel, GuardEngine } from "@guardhost/core";

/** An engine whose open channels can be seen. */
export interface TrackedEngine {
  readonly engine: GuardEngine;
  /** Those that are open. To close one is to give its instance up, as engines may. */
  readonly channels: ReadonlySet<GuardChannel>;
  /** How many were open at the same time, at the most. */
  readonly mostOpen: () => number;
  /** How many are being opened. */
  readonly opening: () => number;
}

/** Keeps track of the channels that `engine` opens. */
export function trackChannels(engine: GuardEngine): TrackedEngine {
  const channels = new Set<GuardChannel>();
  let mostOpen = 0;
  let opening = 0;
  const track = (channel: GuardChannel): GuardChannel => {
    const tracked: GuardChannel = {
      call: (operation, input, options) => channel.call(operation, input, options),
      close() {
        channels.delete(tracked);
        return channel.close();
      },
    };
    channels.add(tracked);
    mostOpen = Math.max(mostOpen, channels.size);
    return tracked;
  };
  const compile: GuardEngine["compile"] = async (...args) => {
    const compiled = await engine.compile(...args);
    return {
      async open(...args) {
        opening++;
        try {
          return track(await compiled.open(...args));
        } finally {
          opening--;
        }
      },
      close: () => compiled.close(),
    };
  };
  const { name, capabilities, maxLiveInstances } = engine;
  return {
    engine: { name, capabilities, maxLiveInstances, compile },
    channels,
    mostOpen: () => mostOpen,
    opening: () => opening,
  };
}
