import { defaultLimits, loadGuard, native, prepareGuard, resolveLimits } from "@guardhost/native";
import { describe, expect, test } from "vitest";
import { endless } from "./guard.js";

const prepared = await prepareGuard(endless, defaultLimits, { keepOriginal: true });

/** Loads, runs the guard into its deadline, and closes. */
async function stopAfterLoading(source: Uint8Array | WebAssembly.Module, options: object = {}) {
  await using guard = await loadGuard(source, {
    engine: native({ thread: "caller" }),
    policyRequired: false,
    ...options,
  });
  const session = guard.session();
  // Opens the instance: a deadline meanwhile would need no guest to be stopped.
  await session.labelResponse({ name: "any" }, {});
  await session.labelResource({ name: "any" }, { timeoutMs: 20 });
}

const compiled = (bytes: Uint8Array) => new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
const STOPPED = { code: "TIMEOUT", lost: true };

/** The module with another version in its marker. */
function byAnotherVersion(module: Uint8Array): Uint8Array {
  const other = Buffer.from(module);
  const at = other.indexOf('{"version":') + '{"version":'.length;
  other[at] = (other[at] as number) === 0x39 ? 0x38 : 0x39;
  return other;
}

describe("bytes that are prepared already", () => {
  test("run, and can be stopped", async () => {
    await expect(stopAfterLoading(prepared)).rejects.toMatchObject(STOPPED);
  });

  test("are used as they are for the same limits, without the guard that they were made of unless it is to be kept", async () => {
    expect(await prepareGuard(prepared, defaultLimits, { keepOriginal: true })).toEqual(prepared);
    expect(await prepareGuard(prepared)).toEqual(await prepareGuard(endless));
  });

  test("may be larger than the limit for modules: it is about the guard that they were made of", async () => {
    const limits = { maxModuleBytes: endless.length };
    expect(prepared.length).toBeGreaterThan(2 * endless.length);
    await expect(stopAfterLoading(prepared, { limits })).rejects.toMatchObject(STOPPED);
    const tight = { maxModuleBytes: endless.length - 1 };
    await expect(stopAfterLoading(prepared, { limits: tight })).rejects.toMatchObject({
      code: "INVALID_MODULE",
      message: expect.stringContaining(`at most ${tight.maxModuleBytes} bytes in the prepared one`),
    });
  });

  test("are refused when another version has prepared them, and the error says what to do", async () => {
    await expect(stopAfterLoading(byAnotherVersion(prepared))).rejects.toMatchObject({
      code: "INVALID_MODULE",
      message: expect.stringMatching(/prepared by another version \(\d+, this is \d+\): prepare it again/),
    });
  });

  test("are prepared anew for other limits", async () => {
    const limits = resolveLimits({ maxMemoryPages: 70 });
    expect(await prepareGuard(prepared, limits)).toEqual(await prepareGuard(endless, limits));
  });

  test("are refused without the guard that they were made of", async () => {
    await expect(stopAfterLoading(await prepareGuard(endless))).rejects.toMatchObject({
      code: "INVALID_MODULE",
      message: expect.stringContaining("without the one that it was made of"),
    });
  });

  test("are refused or prepared anew, never used, when a single byte of what was added is another one", async () => {
    const anew = (await prepareGuard(endless)).toString();
    for (let at = 8; at < prepared.length - endless.length; at += 7) {
      const tampered = prepared.slice();
      tampered[at] = (tampered[at] as number) ^ 1;
      const outcome = await prepareGuard(tampered).then(
        (bytes) => bytes.toString() === anew,
        ({ code }) => code,
      );
      expect(["INVALID_MODULE", true], `byte ${at}`).toContain(outcome);
    }
  });
});

describe("a compiled module", () => {
  test("of prepared bytes runs when its caller vouches for it, and can be stopped", async () => {
    await expect(stopAfterLoading(compiled(prepared), { prepared: true })).rejects.toMatchObject(STOPPED);
  });

  test("that nobody vouches for is refused, and the error names both ways out", async () => {
    await expect(stopAfterLoading(compiled(prepared))).rejects.toMatchObject({
      code: "NOT_PREPARED",
      message: expect.stringMatching(/pass the bytes.*guardhost prepare.*prepared: true/),
    });
  });

  test("that was never prepared is refused although its caller vouches for it", async () => {
    await expect(stopAfterLoading(compiled(endless), { prepared: true })).rejects.toMatchObject({
      code: "NOT_PREPARED",
    });
  });

  test("that another version has prepared is refused, and the error says what to do", async () => {
    const loading = stopAfterLoading(compiled(byAnotherVersion(prepared)), { prepared: true });
    await expect(loading).rejects.toMatchObject({
      code: "NOT_PREPARED",
      message: expect.stringMatching(/prepared by another version \(\d+, this is \d+\): prepare it again/),
    });
  });

  test("that was prepared for larger limits is refused, and the error says for which", async () => {
    const loading = stopAfterLoading(compiled(prepared), { prepared: true, limits: { maxMemoryPages: 100 } });
    await expect(loading).rejects.toMatchObject({
      code: "NOT_PREPARED",
      message: expect.stringContaining("a maxMemoryPages of 512, above the limit of 100"),
    });
  });

  test("that was prepared for smaller limits is accepted", async () => {
    const small = await prepareGuard(endless, resolveLimits({ maxMemoryPages: 100 }));
    await expect(stopAfterLoading(compiled(small), { prepared: true })).rejects.toMatchObject(STOPPED);
  });
});
