import { wat } from "@guardhost/wat";
import { init, WASI } from "@wasmer/wasi";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { ShimFailure, ShimInstance } from "../src/shim-instance.js";
import { WasiGuest } from "./wasi-guest.js";

beforeAll(() => init());

const guest = wat(`(module
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "prestat") (result i32) (call $prestat (i32.const 3) (i32.const 0)))
  (func (export "exit") (call $exit (i32.const 7))))`);
const module = new WebAssembly.Module(guest);

/** As the shim is used by its own README, but for the binding. */
function unbound() {
  const wasi = new WASI({});
  const imports = wasi.getImports(module) as WebAssembly.Imports;
  return { wasi, imports, instance: new WebAssembly.Instance(module, imports) };
}

const exportOf = ({ exports }: WebAssembly.Instance, name: string) => exports[name] as () => number;

// What is expected here is wrong. Once one of these fails, what it is the reason for can go.
describe("the shim, without its adapter", () => {
  test("traps when its own imports are passed back to it", () => {
    const { wasi, imports } = unbound();
    expect(() => wasi.instantiate(module, imports)).toThrow(WebAssembly.RuntimeError);
  });

  test("traps when it is called before it knows the instance", () => {
    expect(() => exportOf(unbound().instance, "prestat")()).toThrow(WebAssembly.RuntimeError);
  });

  test("throws when it is freed twice", () => {
    const { wasi } = unbound();
    wasi.free();
    expect(() => wasi.free()).toThrow();
  });

  test("ends a guest by something that is thrown and no trap", () => {
    const { wasi, instance } = unbound();
    wasi.instantiate(instance, undefined);
    let thrown: unknown;
    try {
      exportOf(instance, "exit")();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeDefined();
    expect(thrown).not.toBeInstanceOf(WebAssembly.RuntimeError);
  });

  test("inserts where it should overwrite", () => {
    const shim = new ShimInstance({ args: [], env: {} });
    const fd = shim.open("f", 1);
    shim.append(fd, 0, new TextEncoder().encode("world"));
    shim.append(fd, 0, new TextEncoder().encode("J"));
    expect(new TextDecoder().decode(shim.read(fd, 0, 99))).toBe("Jworld");
    shim.close();
  });

  test("panics when a file that was removed is read, which is a ShimFailure, and closing takes it", () => {
    const shim = new ShimInstance({ args: [], env: {} });
    const fd = shim.open("f", 1);
    expect(shim.atPath("path_unlink_file", "f")).toBe(0);
    expect(() => shim.read(fd, 0, 1)).toThrow(ShimFailure);
    expect(() => shim.close()).not.toThrow();
    expect(new ShimInstance({ args: [], env: {} }).stat("f")).toBe(44);
  });
});

test("a failure of the shim ends the guest by a trap, which nothing catches, and is on record", async () => {
  const guest = await WasiGuest.open({ files: { "/f": "f" } });
  const stat = vi.spyOn(ShimInstance.prototype, "stat").mockImplementation(() => {
    throw new ShimFailure("it panicked");
  });
  onTestFinished(() => stat.mockRestore());
  expect(() => guest.stat("f")).toThrow(WebAssembly.RuntimeError);
  expect(guest.invocation.stopped?.reason).toMatchObject({ code: "ENGINE_UNAVAILABLE", lost: true });
});

test("an instance whose shim gets no memory is told so, as one that gets none itself", async () => {
  await WasiGuest.open({ files: { "/f": "f" } });
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class {
    constructor() {
      throw new RangeError(
        "WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance",
      );
    }
  } as never;
  onTestFinished(() => {
    WebAssembly.Instance = Instance;
  });
  const opening = WasiGuest.open({ files: { "/f": "f" } });
  await expect(opening).rejects.toMatchObject({ code: "OUT_OF_MEMORY", lost: true });
});
