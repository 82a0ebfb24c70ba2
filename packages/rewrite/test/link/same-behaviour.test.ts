import { readFileSync } from "node:fs";
import { expect, describe as group, test } from "vitest";
import { describe, linkCommand, prepare } from "../../src/index.js";
import { wat } from "../assemble.js";
import { WasmMerge, WasmOpt } from "../binaryen-tool.js";
import { fuzzedModule, portableFeatures } from "../same-behaviour/fuzzed.js";
import { randomProgram } from "../same-behaviour/random-program.js";
import { portableSamples } from "../samples.js";
import { forwardingDriver } from "./forwarding-driver.js";
import { linkedModule, observe, twoInstances } from "./observe.js";
import { importsRenamed } from "./renamed-imports.js";

const SEEDS = 60;

/** What both do, once linked. Expects it to be the same for two instances, and for what wasm-merge makes of them. */
async function compare(guard: Uint8Array<ArrayBuffer>, seed: number, merge?: WasmMerge): Promise<number> {
  const description = describe(guard);
  const driver = forwardingDriver(description);
  const linked = linkCommand(guard, driver) as Uint8Array<ArrayBuffer>;
  expect(WebAssembly.validate(linked), "validates").toBe(true);
  const { imports, exports } = describe(linked);
  expect(new Set(imports.map(({ module }) => module))).toEqual(new Set(["host"]));
  expect(exports.map(({ name }) => name)).toEqual(["memory", "_start"]);
  const events = observe(linkedModule(linked), description, seed);
  expect(observe(twoInstances(guard, driver, description), description, seed)).toEqual(events);
  if (merge !== undefined) {
    const merged = await merge.merge({ guard: importsRenamed(guard, "driver"), driver }, portableFeatures);
    expect(observe(linkedModule(merged), description, seed)).toEqual(events);
  }
  return events.length;
}

group("a guard and a driver do linked what they do as two instances, and as wasm-merge has them", () => {
  test.each(["none", "legacy"] as const)(
    "programs with exceptions: %s",
    { timeout: 600_000 },
    async (dialect) => {
      using merge = new WasmMerge();
      let events = 0;
      for (let seed = 1; seed <= SEEDS; seed++) {
        const program = randomProgram(seed, dialect, true);
        const own = program.replace(
          '(import "fuzzing-support" "wasmtag" (tag $host (param i32)))',
          "(tag $host (param i32))",
        );
        // Binaryen does not read all of the older form of exceptions.
        events += await compare(wat(own), seed, dialect === "none" && seed % 3 === 0 ? merge : undefined);
      }
      expect(events).toBeGreaterThan(SEEDS * 20);
    },
  );

  test("modules of Binaryen's fuzzer", { timeout: 600_000 }, async () => {
    using opt = new WasmOpt();
    using merge = new WasmMerge();
    let [events, compared] = [0, 0];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const guard = await fuzzedModule(opt, seed);
      const { imports, memories } = describe(guard);
      if (memories.length !== 1 || imports.some(({ kind }) => kind !== "function")) continue;
      compared++;
      // wasm-merge takes half a second.
      events += await compare(guard, seed, compared % 4 === 0 ? merge : undefined);
    }
    expect(compared).toBeGreaterThan(SEEDS / 3);
    expect(events).toBeGreaterThan(compared * 10);
  });

  test("guards", async () => {
    using merge = new WasmMerge();
    const guards = [
      portableSamples.guard as Uint8Array<ArrayBuffer>,
      new Uint8Array(readFileSync(new URL("../../../guards/dist/filesystem.wasm", import.meta.url))),
    ];
    for (const guard of guards) {
      await compare(guard, 1, merge);
      const caps = { maxMemoryPages: 600, maxTableElements: 1_000 };
      const prepared = prepare(guard, caps) as Uint8Array<ArrayBuffer>;
      await compare(prepared, 1, merge);
    }
  });
});
