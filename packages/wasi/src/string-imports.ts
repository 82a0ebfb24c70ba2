import type { CallingGuest } from "./calling-guest.js";
import type { ShimInstance } from "./shim-instance.js";

/** `args_get` and `args_sizes_get`, or those of the environment. Throw a GuestMemoryError for a pointer out of bounds. */
export function stringAnswers(
  shim: ShimInstance,
  kind: "args" | "environ",
  guest: CallingGuest,
): Readonly<Record<string, (first: number, second: number) => number>> {
  const { bytes, starts } = shim.strings(kind);
  return {
    [`${kind}_sizes_get`](count, length) {
      guest.memory.writeUint32(count, starts.length);
      guest.memory.writeUint32(length, bytes.length);
      return 0;
    },
    [`${kind}_get`](pointers, strings) {
      // The shim has written them into its own memory.
      guest.memory.write(strings, bytes);
      for (const [index, start] of starts.entries())
        guest.memory.writeUint32(pointers + 4 * index, strings + start);
      return 0;
    },
  };
}
