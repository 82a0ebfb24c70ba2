// Compiles the file system guard into dist/filesystem.wasm. AssemblyScript comes with the workspace.
//
// The language's runtime is replaced by a file without any: then an expression that would allocate managed memory does
// not compile. The name "stub" stays, because any other one switches the compiler to its largest runtime's stack.

import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { libraryFiles, main } from "assemblyscript/asc";

const SOURCES = "src/filesystem/assembly";
const OUTPUT = "dist/filesystem.wasm";

/** 32 MiB, what hosts give a guard: `alloc` finds out by itself when memory is full. */
const MAX_PAGES = "512";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
mkdirSync("dist", { recursive: true });
libraryFiles["rt/index-stub"] = readFileSync(`${SOURCES}/no-runtime.ts`, "utf8");
const result = await main([
  `${SOURCES}/index.ts`,
  ...["--outFile", OUTPUT],
  ...["--runtime", "stub"],
  ...["--maximumMemory", MAX_PAGES],
  "-O2",
]);
if (result.error !== null) throw new Error(`${OUTPUT}: ${result.error.message}\n${result.stderr}`);
