// Compiles the driver, and writes it into a TypeScript module, so that the package needs neither a compiler nor a file system.
//
// The language's runtime is replaced by nothing: then an expression that would allocate memory does not compile.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { libraryFiles, main } from "assemblyscript/asc";
import { stackProbeSource } from "./stack-probe.mjs";
import { stashSource } from "./stash.mjs";

const SOURCE = "src/driver/assembly/index.ts";
const TARGET = "src/generated/driver-module.ts";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
libraryFiles["rt/index-stub"] = "";
libraryFiles["guardhost/stack-probe"] = stackProbeSource();
libraryFiles["guardhost/stash"] = stashSource();
/** @type {Uint8Array | undefined} */
let driver;
const result = await main(
  [
    SOURCE,
    ...["--outFile", "driver.wasm"],
    ...["--runtime", "stub"],
    // The guard's memory is the only one, and stays as it is.
    ...["--importMemory", "--noExportMemory"],
    ...["--disable", "bulk-memory"],
    "-O2",
  ],
  {
    writeFile(name, contents) {
      if (name === "driver.wasm" && typeof contents !== "string") driver = contents;
    },
  },
);
if (result.error !== null) throw new Error(`${SOURCE}: ${result.error.message}\n${result.stderr}`);
if (driver === undefined) throw new Error(`${SOURCE}: the compiler wrote nothing`);

mkdirSync("src/generated", { recursive: true });
writeFileSync(
  TARGET,
  `// Made by scripts/build-driver.mjs from src/driver/assembly; not to be edited.

/** The driver as a WebAssembly module, in base64. */
export const driverModule =
  "${Buffer.from(driver).toString("base64")}";
`,
);
