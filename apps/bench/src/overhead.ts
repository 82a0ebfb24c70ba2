/**
 * What a session costs on top of the guard: `native()` with a synchronous backend against a bare loop over the same
 * module, on the same inputs, interleaved in one process. Prints the median ratio of each size, and its quartiles. An
 * answer with a label per line is several times as long as its input: what a session adds there is the check of the
 * answer.
 *
 *   node --single-threaded-gc dist/overhead.js [--rounds 201] [--json]
 *
 * With one thread for the collector, each side pays for its own garbage.
 */
import { parseArgs } from "node:util";
import {
  anyObjectPolicy,
  type GuardSession,
  loadGuard,
  native,
  prepareGuard,
  type ToolCall,
} from "@guardhost/native";
import { type BareGuard, bareGuard } from "./bare-loop.js";
import { allowedDirectories, fileOf, policy, readGuard, searchOf, smallCall } from "./fixtures.js";
import { type Contenders, compare } from "./side-by-side.js";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "201" }, json: { type: "boolean" } },
});
const rounds = Number(values.rounds);

const wasm = await readGuard();
// The very bytes that native() runs, so that only the host differs.
const bare = await bareGuard(new Uint8Array(await prepareGuard(wasm)), allowedDirectories);
bare.call("label_agent", policy);
await using guard = await loadGuard(wasm, {
  engine: native({ thread: "caller" }),
  policySchema: anyObjectPolicy,
});
const session = guard.session({ backend: () => allowedDirectories });
await session.labelAgent(policy);

const results = [];
for (const [size, contenders] of Object.entries(cases(bare, session))) {
  results.push({ size, ...(await compare(contenders, rounds)) });
}
if (values.json) console.log(JSON.stringify(results));
else {
  console.table(
    Object.fromEntries(
      results.map(({ size, ratio, quartiles, baselineMicroseconds, subjectMicroseconds }) => [
        size,
        {
          "session / bare": ratio.toFixed(3),
          quartiles: quartiles.map((quartile) => quartile.toFixed(3)).join(" to "),
          "bare µs": baselineMicroseconds.toFixed(1),
          "session µs": subjectMicroseconds.toFixed(1),
        },
      ]),
    ),
  );
}

function cases(bare: BareGuard, session: GuardSession): Record<string, Contenders> {
  return {
    "200 B": resourceCase(bare, session, smallCall),
    "16 KiB": responseCase(bare, session, fileOf(16 * 1024)),
    "1 MiB": responseCase(bare, session, fileOf(1024 * 1024)),
    "16 KiB, a label per line": responseCase(bare, session, searchOf(16 * 1024)),
    "1 MiB, a label per line": responseCase(bare, session, searchOf(1024 * 1024)),
  };
}

function resourceCase(bare: BareGuard, session: GuardSession, call: ToolCall): Contenders {
  return {
    baseline: () =>
      bare.call("label_resource", { capabilities: {}, tool_args: call.arguments, tool_name: call.name }),
    subject: () => session.labelResource(call),
  };
}

function responseCase(
  bare: BareGuard,
  session: GuardSession,
  { call, result }: ReturnType<typeof searchOf>,
): Contenders {
  return {
    baseline: () =>
      bare.call("label_response", {
        capabilities: {},
        tool_args: call.arguments,
        tool_name: call.name,
        tool_result: result,
      }),
    subject: () => session.labelResponse(call, result),
  };
}
