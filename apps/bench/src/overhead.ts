/**
 * What a session costs on top of the guard: `native()` with a synchronous backend against a bare loop over the same
 * module, on the same inputs, interleaved in one process. Prints the median ratio of each size. An answer with a label per line
 * is several times as long as its input: what a session adds there is the check of the answer.
 *
 *   node dist/overhead.js [--rounds 101] [--json]
 */
import { parseArgs } from "node:util";
import { anyObjectPolicy, type GuardSession, loadGuard, native, type ToolCall } from "@guardhost/native";
import { type BareGuard, bareGuard } from "./bare-loop.js";
import { allowedDirectories, fileOf, policy, readGuard, searchOf, smallCall } from "./fixtures.js";
import { type Contenders, compare } from "./side-by-side.js";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "101" }, json: { type: "boolean" } },
});
const rounds = Number(values.rounds);

const wasm = await readGuard();
const bare = await bareGuard(wasm, allowedDirectories);
bare.call("label_agent", policy);
await using guard = await loadGuard(wasm, { engine: native(), policySchema: anyObjectPolicy });
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
      results.map(({ size, ratio, baselineMicroseconds, subjectMicroseconds }) => [
        size,
        {
          "session / bare": ratio.toFixed(3),
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
