import { expect, test } from "vitest";
import { WasiGuest } from "./wasi-guest.js";

/** What `args_get` or `environ_get` give. */
function strings(guest: WasiGuest, kind: "args" | "environ"): string[] {
  expect(guest.call(`${kind}_sizes_get`, 0, 4)).toBe(0);
  const [count, bytes] = [guest.memory.readUint32(0), guest.memory.readUint32(4)];
  expect(guest.call(`${kind}_get`, 1024, 70_000)).toBe(0);
  const text = Buffer.from(guest.memory.read(70_000, bytes));
  return Array.from({ length: count }, (_, i) => {
    const start = guest.memory.readUint32(1024 + 4 * i) - 70_000;
    return text.subarray(start, text.indexOf(0, start)).toString();
  });
}

test("arguments and environment are what was given", async () => {
  const args = ["guard", "--café", "", "x".repeat(50_000)];
  const guest = await WasiGuest.open({ args, env: { LANG: "C", EMPTY: "", EQUAL: "a=b" } });
  expect(strings(guest, "args")).toEqual(args);
  expect(strings(guest, "environ").sort()).toEqual(["EMPTY=", "EQUAL=a=b", "LANG=C"]);
});

test("what was not given is not there, whatever the host has", async () => {
  const guest = await WasiGuest.open({ args: ["guard"] });
  expect(strings(guest, "environ")).toEqual([]);
  expect(strings(await WasiGuest.open({ env: { A: "b" } }), "args")).toEqual([]);
});

test("pointers out of memory are EFAULT", async () => {
  const guest = await WasiGuest.open({ args: ["guard"] });
  expect(guest.call("args_get", 0, guest.memory.byteLength - 3)).toBe(21);
  expect(guest.call("args_get", guest.memory.byteLength - 3, 0)).toBe(21);
  expect(guest.call("args_sizes_get", 0, guest.memory.byteLength - 3)).toBe(21);
});
