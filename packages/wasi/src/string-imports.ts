import { GuestMemoryError, type Invocation } from "@guardhost/core";
import type { ShimInstance } from "./shim-instance.js";

/** `args_get` and `args_sizes_get`, or those of the environment. Throw a GuestMemoryError for a pointer out of bounds. */
export function stringAnswers(
  shim: ShimInstance,
  kind: "args" | "environ",
  invocation: Pick<Invocation, "memory">,
): Readonly<Record<string, (first: number, second: number) => number>> {
  const { bytes, starts } = shim.strings(kind);
  const memory = () => {
    if (invocation.memory === undefined) throw new GuestMemoryError("the guest's memory is not known yet");
    return invocation.memory;
  };
  return {
    [`${kind}_sizes_get`](count, length) {
      memory().writeUint32(count, starts.length);
      memory().writeUint32(length, bytes.length);
      return 0;
    },
    [`${kind}_get`](pointers, strings) {
      // The shim has written them into its own memory.
      memory().write(strings, bytes);
      for (const [index, start] of starts.entries())
        memory().writeUint32(pointers + 4 * index, strings + start);
      return 0;
    },
  };
}
