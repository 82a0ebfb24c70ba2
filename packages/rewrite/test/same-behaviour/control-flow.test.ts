import process from "node:process";
import { expect, test } from "vitest";
import { wat } from "../assemble.js";
import { exposed } from "./exposed.js";
import { judge } from "./judge.js";
import type { Dialect } from "./random-exceptions.js";
import { randomProgram } from "./random-program.js";

const seeds = Number(process.env.GUARDHOST_FUZZ_SEEDS ?? 200) / 4;
/** How many seconds a seed may take before the suite is said to hang. */
const PATIENCE = 10;

const dialects: readonly Dialect[] = ["none", "legacy", "try_table"];
/** What this runtime cannot run is not tested on it: Node 20 has no try_table. */
const kinds = dialects
  .filter((dialect) => WebAssembly.validate(wat(randomProgram(1, dialect, true))))
  .flatMap((dialect) => [true, false].map((loops) => ({ dialect, loops })));

test.each(kinds)(
  `${seeds} random programs behave as before, and pay for what they do: exceptions $dialect, loops $loops`,
  { timeout: seeds * PATIENCE * 1000 },
  ({ dialect, loops }) => {
    let executed = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const module = exposed(wat(randomProgram(seed, dialect, loops)));
      try {
        executed += judge(module, seed).executed;
      } catch (error) {
        throw new Error(`seed ${seed}: ${error}`, { cause: error });
      }
    }
    expect(executed).toBeGreaterThan(seeds * 500);
  },
);
