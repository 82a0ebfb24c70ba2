import "@guardhost/runtimes/watchdog";
import { expect, test, vi } from "vitest";
import { defaultLimits, loadGuard, wasmer } from "../src/index.js";
import { SandboxProcess } from "../src/sandbox/sandbox-process.js";
import { guardWith } from "./guards.js";

const MESSAGE_BYTES = 1_024;
const log = `(call $host_log (i32.const 1) (i32.const 8192) (i32.const ${MESSAGE_BYTES}))`;
const print = `(drop (call $fd_write (i32.const 1) (call $iovec (i32.const 8192) (i32.const ${MESSAGE_BYTES}))
  (i32.const 1) (i32.const 4104)))`;

test.each([
  ["logs", log],
  ["prints", print],
])("a guard that %s for ever sends no more than somebody keeps, and asks for more once", async (_, line) => {
  const receive = vi.spyOn(SandboxProcess.prototype, "receive");
  const module = guardWith(
    `(loop $next ${line}
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10000))))`,
    '(import "env" "host_log" (func $host_log (param i32 i32 i32)))',
  );
  const guard = await loadGuard(module, { engine: wasmer(), policyRequired: false });
  const { operation } = await guard.session().labelResource({ name: "read" });
  await guard.close();
  expect(operation).toBe("read");
  // One for its initialisation, one for the answer, one for the credit.
  expect(receive.mock.calls.length).toBeLessThanOrEqual(defaultLimits.maxLogBytes / MESSAGE_BYTES + 3);
  expect(receive.mock.calls.length).toBeGreaterThan(defaultLimits.maxLogBytes / MESSAGE_BYTES);
  receive.mockRestore();
});
