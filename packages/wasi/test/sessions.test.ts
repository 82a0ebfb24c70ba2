import { type Guard, loadGuard, type WasiOptions, wasi } from "@guardhost/wasi";
import { WASI } from "@wasmer/wasi";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { endless, exiting, guardWith, noting, printing, trapping } from "./guards.js";

const call = { name: "any", arguments: {} };
const files: WasiOptions = { files: { "/tmp/note": "given" }, writable: ["/tmp"] };

async function load(bytes: Uint8Array<ArrayBuffer>, options: WasiOptions, more = {}): Promise<Guard> {
  const guard = await loadGuard(bytes, {
    engine: wasi(options),
    policyRequired: false,
    breaker: false,
    ...more,
  });
  onTestFinished(() => guard.close());
  return guard;
}

describe.each(["caller", "worker"] as const)("on the %s thread", (thread) => {
  test("what a session writes it reads again, and no other session of any guard does", async () => {
    const guard = await load(noting, { ...files, thread });
    const [one, other] = [guard.session(), guard.session()];
    const noteOf = async (session: typeof one) => (await session.labelResource(call)).resource.secrecy[0];
    expect([await noteOf(one), await noteOf(one), await noteOf(other)]).toEqual(["given", "other", "given"]);
  });

  test("a guard that prints a mebibyte has its budget of the log, and goes on", async () => {
    let bytes = 0;
    const log = (_fields: object, message: string) => {
      bytes += message.length;
    };
    const logger = { debug: log, info: log, warn: log, error: log };
    const guard = await load(printing, { ...files, thread }, { logger, logGuestMessages: true });
    const session = guard.session();
    for (let calls = 1; calls <= 3; calls++) {
      await session.labelResource(call);
      expect(bytes).toBeLessThan(calls * 4 * 65_536);
    }
    expect(bytes).toBeGreaterThan(60_000);
  });
});

describe("the shim's objects are freed, once,", () => {
  const opened = vi.spyOn(WASI.prototype, "getImports");
  const freed = vi.spyOn(WASI.prototype, "free");
  beforeEach(() => {
    opened.mockClear();
    freed.mockClear();
  });
  const labelOf = (guard: Guard, options?: object) =>
    guard
      .session()
      .labelResource(call, options)
      .then(
        () => "labels",
        ({ code }) => code,
      );

  test.each<[ending: string, bytes: Uint8Array<ArrayBuffer>, outcome: string]>([
    ["closed", noting, "labels"],
    ["lost by a trap", trapping, "TRAPPED"],
    ["lost by an exit", exiting, "EXITED"],
    ["stopped", endless, "TIMEOUT"],
  ])("after instances were %s", async (ending, bytes, outcome) => {
    const guard = await load(bytes, { ...files, thread: "caller" });
    for (let i = 0; i < 5; i++)
      expect(await labelOf(guard, ending === "stopped" ? { timeoutMs: 300 } : {})).toBe(outcome);
    expect(opened).toHaveBeenCalledTimes(5);
    expect(freed).toHaveBeenCalledTimes(ending === "closed" ? 0 : 5);
    await guard.close();
    expect(freed).toHaveBeenCalledTimes(5);
  });

  test("after an instance could not be opened", async () => {
    const guard = await load(guardWith("", "(unreachable)"), { ...files, thread: "caller" });
    expect(await labelOf(guard)).toBe("TRAPPED");
    expect([opened.mock.calls.length, freed.mock.calls.length]).toEqual([1, 1]);
  });
});
