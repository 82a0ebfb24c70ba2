// Compiles the kernel, and puts its bytes into a module that every runtime and every bundler can load: as characters of a string, so
// chosen that hardly any of them has to be escaped. Compressed, that takes a sixth less than base64.
//
// The language's runtime is replaced by a file without any: then an expression that would allocate managed memory does
// not compile. The name "stub" stays, because any other one switches the compiler to its largest runtime's stack.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { libraryFiles, main } from "assemblyscript/asc";

const SOURCES = "src/kernel/assembly";
const OUTPUT = "src/kernel/kernel-bytes.ts";
/** The character of a byte that is 0. */
const ZERO = "0";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
libraryFiles["rt/index-stub"] = readFileSync(`${SOURCES}/no-runtime.ts`, "utf8");
/** @type {Uint8Array | undefined} */
let kernel;
const result = await main(
  [
    `${SOURCES}/index.ts`,
    ...["--outFile", "kernel.wasm"],
    ...["--runtime", "stub"],
    // Nothing is imported: what is wrong is said by a trap.
    ...["--use", "abort="],
    "--noAssert",
    // Small before fast: what is run once has to be compiled first. Functions that are called most say that they are to be part of their callers.
    ...["--optimizeLevel", "3", "--shrinkLevel", "1"],
  ],
  {
    writeFile(_, contents) {
      kernel = /** @type {Uint8Array} */ (contents);
    },
  },
);
if (result.error !== null) throw new Error(`${SOURCES}: ${result.error.message}\n${result.stderr}`);
if (kernel === undefined) throw new Error(`${SOURCES}: nothing came of it\n${result.stderr}`);
const characters = Array.from(kernel, (byte) => String.fromCharCode(ZERO.charCodeAt(0) + byte)).join("");
writeFileSync(
  OUTPUT,
  `// Made by scripts/build-kernel.mjs, from ./assembly.

/** The character of a byte that is 0. Those of the others follow. */
export const ZERO: string = ${JSON.stringify(ZERO)};
/** The bytes of the kernel, each as a character. */
export const KERNEL: string = ${JSON.stringify(characters)};
`,
);
