import type { Contender } from "./contender.js";
import { echoGuest } from "./echo-guest.js";

interface EchoExports {
  readonly memory: WebAssembly.Memory;
  alloc(bytes: number): number;
  dealloc(pointer: number, bytes: number): void;
  label_response(input: number, inputBytes: number, output: number, outputBytes: number): number;
}

/** What somebody would write who needs the guest of our engines to run, and nothing to go wrong. */
export const byHand: Contender = {
  name: "a loop by hand",
  module: echoGuest,
  async load(bytes) {
    const module = await WebAssembly.compile(bytes);
    return {
      async open() {
        const { exports } = await WebAssembly.instantiate(module);
        const guest = exports as unknown as EchoExports;
        return { echo: (payload) => echo(guest, payload), close: async () => undefined };
      },
      close: async () => undefined,
    };
  },
};

function echo({ memory, alloc, dealloc, label_response }: EchoExports, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const [input, output] = [alloc(length), alloc(length)];
  new Uint8Array(memory.buffer, input, length).set(payload);
  const answer = new Uint8Array(
    new Uint8Array(memory.buffer, output, label_response(input, length, output, length)),
  );
  dealloc(output, length);
  dealloc(input, length);
  return answer;
}
