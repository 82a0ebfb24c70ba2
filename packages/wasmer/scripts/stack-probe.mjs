/** Parameters of the probe. What does not fit into registers, compilers pass on the stack, 8 bytes each. */
const PARAMETERS = 256;

/** Calls of the probe: 256 parameters of 8 bytes, 64 times, are 128 KiB. */
const DEPTH = 64;

/**
 * The source of `reserveStack`, which needs as much of the stack as a system call may, and gives it back. It is generated because
 * of its hundreds of parameters: they make its frames large however it is compiled, and the function too large to be inlined.
 */
export function stackProbeSource() {
  const names = Array.from({ length: PARAMETERS }, (_, index) => `p${index}`);
  return `
    export function reserveStack(): void {
      probe(${DEPTH}, ${names.map(() => "0").join(", ")});
    }

    function probe(depth: u32, ${names.map((name) => `${name}: u64`).join(", ")}): u64 {
      if (depth === 0) return ${names.at(-1)};
      // The sum comes behind the call, so that no frame can be given up before its successor.
      return probe(depth - 1, ${[...names.slice(1), "p0 + 1"].join(", ")}) + p0;
    }
  `;
}
