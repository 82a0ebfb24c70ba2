import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { moduleBytes } from "../src/guest/module-bytes.js";
import { address, INITIAL_PAGES } from "../src/guest/program.js";

const sources = new URL("../src/guest/", import.meta.url);

async function read(file: string): Promise<string> {
  return readFile(new URL(file, sources), "utf8");
}

test("programs and the guard agree on addresses", async () => {
  const memory = await read("memory.wat");
  for (const name of ["text", "arguments", "result"] as const) {
    expect(memory).toContain(`(global $${name} i32 (i32.const ${address[name]}))`);
  }
  expect(memory).toContain(`(memory (export "memory") ${INITIAL_PAGES})`);
  expect(await read("allocator.wat")).toContain(`(global $heap (mut i32) (i32.const ${address.heap}))`);
});

test("every piece of WebAssembly text is part of a module", async () => {
  const scripts = ["../scripts/guest-modules.js", "../scripts/build-guests.js"];
  const texts = await Promise.all(scripts.map((file) => readFile(new URL(file, import.meta.url), "utf8")));
  const pieces = (await readdir(sources)).filter((file) => file.endsWith(".wat"));
  expect(pieces.length).toBeGreaterThan(0);
  for (const piece of pieces) expect(texts.join("\n")).toContain(`"${piece.slice(0, -".wat".length)}"`);
});

test("the bytes of a module are a fresh copy", () => {
  const bytes = moduleBytes("guard");
  bytes.fill(0);
  expect(WebAssembly.validate(moduleBytes("guard") as Uint8Array<ArrayBuffer>)).toBe(true);
});
