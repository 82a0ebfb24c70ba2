import "@guardhost/runtimes/watchdog";
import { afterEach, expect, test, vi } from "vitest";
import { GuardError, loadGuard, wasmer } from "../src/index.js";
import { guardWith } from "./guards.js";

afterEach(() => vi.useRealTimers());

test("a deadline is seen inside the sandbox, where the host's timer never comes", async () => {
  // Counts to 2^32, so that it would answer some seconds late.
  const slow = guardWith("(loop $next (br_if $next (local.tee $i (i32.add (local.get $i) (i32.const 1)))))");
  const guard = await loadGuard(slow, { engine: wasmer() });
  const session = guard.session();
  await session.labelAgent({ "allow-only": { repos: "all", "min-integrity": "none" } });
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const call = session.labelResource({ name: "read" }, { timeoutMs: 2_000 });
  // An answer that came too late would cost the guard nothing.
  await expect(call).rejects.toSatisfy((error) => GuardError.is(error, "TIMEOUT") && error.lost);
  vi.useRealTimers();
  await guard.close();
});
