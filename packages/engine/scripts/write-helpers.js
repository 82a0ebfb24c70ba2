/** Writes the modules of `src/helpers` into files, for runtimes that compile nothing but files. */

import { writeFile } from "node:fs/promises";
import { HELPER_BYTES } from "../dist/helpers/helper-bytes.js";

for (const [name, bytes] of Object.entries(HELPER_BYTES)) {
  await writeFile(new URL(`../dist/helpers/${name}.wasm`, import.meta.url), bytes);
}
