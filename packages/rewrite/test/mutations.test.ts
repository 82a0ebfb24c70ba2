import { expect, describe as group, test } from "vitest";
import { capLimits, describe, WasmFormatError, WasmLimitError } from "../src/index.js";
import { mutations, randomNumbers, truncations } from "./mutate.js";
import { modernSamples, portableSamples } from "./samples.js";
import { spreadOut } from "./spread-out.js";

const MUTATIONS_PER_SAMPLE = 1_500;
const samples = Object.entries({ ...portableSamples, ...modernSamples });

/** What must not happen: anything but a description or a WasmFormatError, or an opinion that the engine does not share. */
function describeFailure(module: Uint8Array<ArrayBuffer>): string | undefined {
  try {
    describe(module);
    return undefined;
  } catch (error) {
    if (!(error instanceof WasmFormatError)) return `throws ${error}`;
    if (error.offset < 0 || error.offset > module.length) return `names the offset ${error.offset}`;
    return WebAssembly.validate(module) ? `refuses what the engine takes: ${error.message}` : undefined;
  }
}

function capFailure(module: Uint8Array<ArrayBuffer>): string | undefined {
  try {
    const capped = capLimits(module, { maxMemoryPages: 2, maxTableElements: 4 });
    if (!WebAssembly.validate(module)) return undefined;
    return WebAssembly.validate(capped as BufferSource) ? undefined : "makes a valid module invalid";
  } catch (error) {
    return error instanceof WasmFormatError || error instanceof WasmLimitError
      ? undefined
      : `throws ${error}`;
  }
}

function failures(
  modules: readonly Uint8Array<ArrayBuffer>[],
  check: (module: Uint8Array<ArrayBuffer>) => string | undefined,
): string[] {
  return modules.flatMap((module) => {
    const failure = check(module);
    return failure === undefined ? [] : [`${failure}: ${Buffer.from(module).toString("hex")}`];
  });
}

group.each(samples)("damaged at random: %s", (name, module) => {
  const random = randomNumbers(name.length * 7919);
  const damaged = [...truncations(module), ...mutations(module, MUTATIONS_PER_SAMPLE, random)];

  test("describe gives a description or a WasmFormatError, and takes what the engine takes", () => {
    expect(failures(damaged, describeFailure)).toEqual([]);
  });

  test("capLimits gives a module or an error of its own, and keeps valid modules valid", () => {
    expect(failures(damaged, capFailure)).toEqual([]);
  });
});

test("what survives the damage has the imports, exports and instructions that the engine sees", () => {
  const random = randomNumbers(20_250_101);
  let compared = 0;
  for (const [, sample] of Object.entries(portableSamples)) {
    for (const module of mutations(sample, 300, random)) {
      if (!WebAssembly.validate(module)) continue;
      const compiled = new WebAssembly.Module(module);
      const { imports, exports } = describe(module);
      const plain = ({ signature, ...rest }: { signature?: unknown }) => rest;
      expect(imports.map(plain)).toEqual(WebAssembly.Module.imports(compiled));
      expect(exports.map(plain)).toEqual(WebAssembly.Module.exports(compiled));
      expect(WebAssembly.validate(spreadOut(module))).toBe(true);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(100);
});

test("there are enough of them", () => {
  const truncated = samples.reduce((sum, [, module]) => sum + module.length, 0);
  expect(truncated + samples.length * MUTATIONS_PER_SAMPLE).toBeGreaterThan(10_000);
});
