import { defaultLimits, type GuardEngine, type GuardHost, native } from "@guardhost/native";
import { wasi } from "@guardhost/wasi";
import { wasmer } from "@guardhost/wasmer";
import type { Contender } from "./contender.js";
import { echoGuest } from "./echo-guest.js";

/** The engines of this repository, in each of their modes. */
export const guardhostContenders: readonly Contender[] = [
  contender("native(), caller's thread", () => native({ thread: "caller" })),
  contender("native(), worker thread", () => native({ thread: "worker", maxThreads: 1 })),
  contender("wasi(), caller's thread", () => wasi({ thread: "caller" })),
  contender("wasi(), worker thread", () => wasi({ thread: "worker", maxThreads: 1 })),
  contender("wasmer(), a process of its own", () => wasmer()),
];

/** No answer here needs a second attempt, which the default gives those beyond 4 MiB. */
const limits = { ...defaultLimits, initialOutputBytes: defaultLimits.maxInputBytes };

const host: GuardHost = { callBackend: () => null, log: () => undefined };

function contender(name: string, engineOf: () => GuardEngine): Contender {
  return {
    name,
    module: echoGuest,
    async load(module) {
      const guard = await engineOf().compile(module, limits);
      return {
        async open() {
          const channel = await guard.open(host);
          return {
            echo: (payload) => channel.call("label_response", payload),
            close: () => channel.close(),
          };
        },
        close: () => guard.close(),
      };
    },
  };
}
