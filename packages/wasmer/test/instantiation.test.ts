import "@guardhost/runtimes/watchdog";
import { afterEach, expect, test, vi } from "vitest";
import { loadGuard, wasmer } from "../src/index.js";
import { guardWith } from "./guards.js";

const options = { engine: wasmer(), policyRequired: false } as const;
/** Has a segment beyond its memory of 200 pages. */
const broken = guardWith("", '(data (i32.const 13107200) "x")');

afterEach(() => vi.restoreAllMocks());

test("a guard that cannot be instantiated traps, and its engine runs what is loaded after it", async () => {
  const guard = await loadGuard(broken, options);
  await expect(guard.session().labelResource({ name: "read" })).rejects.toMatchObject({
    code: "TRAPPED",
    message: expect.stringContaining("could not be instantiated"),
  });
  const other = await loadGuard(guardWith(""), options);
  expect((await other.session().labelResource({ name: "read" })).operation).toBe("read");
  await other.close();
  await guard.close();
});

test("a guard that there is no memory for says what can be done about it", async () => {
  const guard = await loadGuard(broken, options);
  vi.spyOn(WebAssembly, "Memory").mockImplementation(function refuse() {
    throw new RangeError("could not allocate memory");
  });
  // Processes fail alike for any reason.
  await expect(guard.session().labelResource({ name: "read" })).rejects.toMatchObject({
    code: "OUT_OF_MEMORY",
    message: expect.stringContaining("ulimit -v"),
  });
  await guard.close();
});
