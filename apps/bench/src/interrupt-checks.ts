/**
 * What interrupt checks cost: each guard as it is against the same guard prepared, in the same bare loop, interleaved in one
 * process; and how long preparing takes, cold and warm. Guards whose tool chain is absent are left out.
 *
 *   node --no-warnings dist/interrupt-checks.js [--rounds 41]
 */
import { existsSync, readFileSync } from "node:fs";
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
import { compare, processorTime } from "./side-by-side.js";
import { geometricMean, quantile } from "./statistics.js";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "41" } } });
const CAPS = { maxMemoryPages: 512, maxTableElements: 100_000 };
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
const preparing: Record<string, object> = {};
for (const [name, { policy, inputs }] of Object.entries(guards)) {
  const url = new URL(`${name}.wasm`, wasmUrl);
  if (!existsSync(url)) continue;
  const wasm = new Uint8Array(readFileSync(url));
  const times: number[] = [];
  let prepared = wasm;
  for (let run = 0; run < 10; run++) {
    const start = processorTime();
    prepared = new Uint8Array(prepare(wasm, CAPS));
    times.push(processorTime() - start);
  }
  preparing[name] = {
    KiB: Math.round(wasm.length / 1024),
    "first ms": times[0]?.toFixed(1),
    "then ms": quantile(times.slice(5), 0.5).toFixed(1),
    "size ×": (prepared.length / wasm.length).toFixed(2),
  };
  const [plain, checked] = await Promise.all(
    [wasm, prepared].map((bytes) => bareGuard(bytes, allowedDirectories)),
  );
  if (plain === undefined || checked === undefined) throw new Error("there are two guards");
  const row: Record<string, string> = {};
  for (const guard of [plain, checked]) guard.call("label_agent", policy);
  for (const [size, input] of Object.entries(inputs)) {
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
console.table(preparing);

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
