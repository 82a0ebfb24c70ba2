import process from "node:process";
import { expect, test } from "vitest";
import { WasmFormatError } from "../../src/index.js";
import { WasmOpt } from "../binaryen-tool.js";
import { fuzzedModule } from "./fuzzed.js";
import { judge, type Verdict } from "./judge.js";

const seeds = Number(process.env.GUARDHOST_FUZZ_SEEDS ?? 200);
/** How many seconds a seed may take before the suite is said to hang. */
const PATIENCE = 10;

test(`${seeds} modules of Binaryen's fuzzer behave as before, and pay for what they do`, {
  timeout: seeds * PATIENCE * 1000,
}, async () => {
  using wasmOpt = new WasmOpt();
  const verdicts: Verdict[] = [];
  const skipped: string[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const module = await fuzzedModule(wasmOpt, seed);
    try {
      verdicts.push(judge(module, seed));
    } catch (error) {
      if (!(error instanceof WasmFormatError)) throw new Error(`seed ${seed}: ${error}`, { cause: error });
      skipped.push(`seed ${seed}: ${error.message}`);
    }
  }
  const total = (of: (verdict: Verdict) => number) => verdicts.reduce((sum, verdict) => sum + of(verdict), 0);
  expect(skipped.length, skipped.join("\n")).toBeLessThan(seeds * 0.05);
  expect(total(({ overflowed }) => Number(overflowed))).toBeLessThan(seeds * 0.05);
  // They do something: call the host, compute, and run into checks.
  expect(total(({ events }) => events)).toBeGreaterThan(seeds * 20);
  expect(total(({ executed }) => executed)).toBeGreaterThan(seeds * 500);
  expect(total(({ checks }) => checks)).toBeGreaterThan(seeds * 10);
});
