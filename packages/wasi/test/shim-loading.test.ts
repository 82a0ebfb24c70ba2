import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeEach, expect, test, vi } from "vitest";

const init = vi.fn();
vi.mock("@wasmer/wasi", () => ({ init }));

beforeEach(() => {
  vi.resetModules();
  init.mockReset();
});

test("the shim is loaded once, however many ask for it", async () => {
  init.mockResolvedValue(undefined);
  const { loadShim } = await import("../src/shim.js");
  await Promise.all([loadShim(), loadShim()]);
  await loadShim();
  expect(init).toHaveBeenCalledTimes(1);
});

test("a failure is an error of the engine, and the next one tries again", async () => {
  const cause = new Error("no memory");
  init.mockRejectedValueOnce(cause).mockResolvedValue(undefined);
  const { loadShim } = await import("../src/shim.js");
  await expect(loadShim()).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE", cause });
  await loadShim();
  // Without force the shim would answer with the failure of before.
  expect(init.mock.calls).toEqual([
    [undefined, true],
    [undefined, true],
  ]);
});

test("a memory that it does not get is told as such", async () => {
  init.mockRejectedValueOnce(
    new RangeError("WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory"),
  );
  const { loadShim } = await import("../src/shim.js");
  await expect(loadShim()).rejects.toMatchObject({ code: "OUT_OF_MEMORY", lost: true });
});

test("it loads where there is no Buffer, and leaves none behind", async () => {
  const script = `
    void Response; // Node makes its own with Buffer.
    delete globalThis.Buffer;
    const { loadShim } = await import("./dist/shim.js");
    await loadShim();
    console.log("Buffer" in globalThis);
  `;
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const args = ["--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  expect(stdout.trim()).toBe("false");
});
