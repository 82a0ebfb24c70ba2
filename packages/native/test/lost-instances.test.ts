import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { node26 } from "@guardhost/runtimes";
import { expect, test } from "vitest";
import { asking, endless, guardWith } from "./guard.js";

const trapping = guardWith("(unreachable)");

/** How many of 20 instances are still in memory when each was lost in a call of `module`, and the errors are kept. */
async function instancesKept(node: string, module: Uint8Array): Promise<number> {
  const script = `
    import { loadGuard, native } from "@guardhost/native";
    let kept = 0;
    const collected = new FinalizationRegistry(() => kept--);
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...args) => {
      const instance = await instantiate(...args);
      kept++;
      collected.register(instance.exports.memory);
      return instance;
    };
    const bytes = Uint8Array.from(Buffer.from("${Buffer.from(module).toString("base64")}", "base64"));
    const guard = await loadGuard(bytes, { engine: native({ thread: "caller" }), policyRequired: false, breaker: false });
    const signals = [];
    const never = new Promise(() => undefined);
    const backend = (call, { signal }) => {
      signals.push(signal);
      return never;
    };
    const errors = [];
    for (let call = 0; call < 20; call++) {
      await guard.session({ backend }).labelResource({ name: "x" }, { timeoutMs: 10 }).catch((error) => errors.push(error));
    }
    if (errors.length !== 20) throw new Error("no instance was lost");
    for (let turn = 0; turn < 50 && kept > 0; turn++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    console.log(kept);
  `;
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const args = ["--expose-gc", "--input-type=module", "--eval", script];
  return Number((await promisify(execFile)(node, args, { cwd })).stdout);
}

/** The last calls may have left something on the stack, and the collector may be behind. A leak keeps all 20. */
const FEW = 5;

test.each([
  ["deadlines that stop it", endless],
  ["traps", trapping],
])("no instance outlives %s in the errors of its calls", async (_what, module) => {
  expect(await instancesKept(process.execPath, module)).toBeLessThanOrEqual(FEW);
});

test.skipIf(node26 === undefined)(
  "no instance outlives its backend's deadline where backends never answer (Node 26, where guests are suspended)",
  async () => {
    expect(await instancesKept(node26 as string, asking)).toBeLessThanOrEqual(FEW);
  },
);
