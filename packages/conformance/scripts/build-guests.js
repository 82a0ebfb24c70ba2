/**
 * Builds the WebAssembly modules of the suite and writes them into one TypeScript module, so that the published package
 * needs neither an assembler nor a file system.
 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { WASI_MODULE, WASI_SIGNATURES } from "@guardhost/core";
import loadWabt from "wabt";
import { guards, variations } from "./guest-modules.js";

const source = new URL("../src/guest/", import.meta.url);
const target = new URL("../src/generated/", import.meta.url);

const features = {
  exceptions: true,
  tail_call: true,
  threads: true,
  memory64: true,
  multi_memory: true,
};
const wabt = await loadWabt();

/** @param {string} name @param {string} text */
function assemble(name, text) {
  const module = wabt.parseWat(`${name}.wat`, text, features);
  try {
    return module.toBinary({ write_debug_names: false }).buffer;
  } finally {
    module.destroy();
  }
}

/** @param {string} file */
async function read(file) {
  return await readFile(new URL(`${file}.wat`, source), "utf8");
}

/** @param {string} name @param {readonly string[]} pieces */
async function assembleGuard(name, pieces) {
  const texts = await Promise.all(pieces.map(read));
  return assemble(name, `(module\n${texts.join("\n")})`);
}

/** @param {string} name @param {string} text @param {(typeof variations)[string]} edits */
function assembleVariation(name, text, edits) {
  for (const [from, to] of edits) {
    if (text.split(from).length !== 2) throw new Error(`${name}: minimal.wat has not exactly one "${from}"`);
    text = text.replace(from, () => to);
  }
  return assemble(name, text);
}

/** A guard that imports all of WASI. @param {string} text */
function importAllOfWasi(text) {
  const imports = Object.entries(WASI_SIGNATURES).map(
    ([name, { params, results }]) =>
      `(import "${WASI_MODULE}" "${name}" (func (param ${params.join(" ")}) (result ${results.join(" ")})))`,
  );
  return assembleVariation("allOfWasi", text, [[";; imports", imports.join("\n")]]);
}

/** Writes "3 times (nop)" in a comment out as what it says. @param {string} text */
function repeatInstructions(text) {
  return text.replace(/;; (\d+) times (.*)/g, (_, times, instruction) => instruction.repeat(Number(times)));
}

/** @type {Record<string, Uint8Array>} */
const modules = {};
for (const [name, pieces] of Object.entries(guards)) modules[name] = await assembleGuard(name, pieces);
const minimal = await read("minimal");
for (const [name, edits] of Object.entries(variations))
  modules[name] = assembleVariation(name, minimal, edits);
modules.allOfWasi = importAllOfWasi(minimal);
modules.straightLine = assemble("straightLine", repeatInstructions(await read("straight-line")));

const entries = Object.entries(modules).map(
  ([name, bytes]) => `  ${name}:\n    "${Buffer.from(bytes).toString("base64")}",\n`,
);
await mkdir(target, { recursive: true });
await writeFile(
  new URL("modules.ts", target),
  `// Made by scripts/build-guests.js from src/guest; not to be edited.

/** The suite's modules in base64, by name. */
export const modules = {
${entries.join("")}} as const;
`,
);
