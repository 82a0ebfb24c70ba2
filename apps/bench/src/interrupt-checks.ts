/**
 * What interrupt checks cost: each guard as it is against the same guard prepared, in the same bare loop, interleaved in one
 * process. Guards whose tool chain is absent are left out.
 *
 *   node --no-warnings dist/interrupt-checks.js [--rounds 41]
 */
import { existsSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { prepare } from "@guardhost/rewrite";
import { type BareGuard, bareGuard } from "./bare-loop.js";
import {
  allowedDirectories,
  fileOf,
  issuesOf,
  policy,
  searchOf,
  smallCall,
  smallTagCall,
  tagPolicy,
  wasmUrl,
} from "./fixtures.js";
import { compare } from "./side-by-side.js";
import { geometricMean } from "./statistics.js";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "41" } } });
const CAPS = { maxMemoryPages: 512, maxTableElements: 100_000 };
const WARM_UP_MS = 400;
const SIZES = { "16 KiB": 16 * 1024, "1 MiB": 1024 * 1024 };

type Inputs = Record<string, Parameters<BareGuard["call"]>>;
const tagInputs = { "200 B": resourceInput(smallTagCall), ...responseInputs("", issuesOf) };
const guards: Record<string, { readonly policy: unknown; readonly inputs: Inputs }> = {
  filesystem: {
    policy,
    inputs: {
      "200 B": resourceInput(smallCall),
      ...responseInputs("", fileOf),
      ...responseInputs(", a label per line", searchOf),
    },
  },
  "tag-c": { policy: tagPolicy, inputs: tagInputs },
  "tag-go": { policy: tagPolicy, inputs: tagInputs },
};

const ratios: Record<string, Record<string, string>> = {};
const all: number[] = [];
for (const [name, { policy, inputs }] of Object.entries(guards)) {
  const url = new URL(`${name}.wasm`, wasmUrl);
  if (!existsSync(url)) continue;
  const wasm = new Uint8Array(readFileSync(url));
  const prepared = new Uint8Array(prepare(wasm, CAPS));
  const [plain, checked] = await Promise.all(
    [wasm, prepared].map((bytes) => bareGuard(bytes, allowedDirectories)),
  );
  if (plain === undefined || checked === undefined) throw new Error("there are two guards");
  const row: Record<string, string> = {};
  for (const guard of [plain, checked]) guard.call("label_agent", policy);
  for (const [size, input] of Object.entries(inputs)) {
    for (const guard of [plain, checked]) await warmUp(() => guard.call(...input));
    const { ratio } = await compare(
      { baseline: () => plain.call(...input), subject: () => checked.call(...input) },
      Number(values.rounds),
    );
    all.push(ratio);
    row[size] = ratio.toFixed(3);
  }
  ratios[name] = row;
}
console.table(ratios);
console.log(`geometric mean: ${geometricMean(all).toFixed(3)}`);

/** Runs until the engine has compiled what it will, which it does on other threads, whose time is counted as well. */
async function warmUp(run: () => unknown): Promise<void> {
  for (const end = performance.now() + WARM_UP_MS; performance.now() < end; ) run();
  await setTimeout(WARM_UP_MS / 2);
}

function resourceInput({ name, arguments: args }: { name: string; arguments: object }): Inputs[string] {
  return ["label_resource", { capabilities: {}, tool_args: args, tool_name: name }];
}

function responseInputs(suffix: string, inputOf: (bytes: number) => ReturnType<typeof fileOf>): Inputs {
  return Object.fromEntries(
    Object.entries(SIZES).map(([size, bytes]) => {
      const { call, result } = inputOf(bytes);
      const input = {
        capabilities: {},
        tool_args: call.arguments,
        tool_name: call.name,
        tool_result: result,
      };
      return [`${size}${suffix}`, ["label_response", input]];
    }),
  );
}
