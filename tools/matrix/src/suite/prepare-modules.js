// Prepares every module that the suite compiles, for runtimes that compile none: `prepare-modules.js <folder>` writes the modules there,
// and `index.js`, which exports them by their keys. Which modules there are shows in a run of the suite.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareGuard } from "@guardhost/native";
import { moduleKey } from "./module-key.js";
import { runEngine } from "./run-engine.js";

const sources = new Map();

const recording = (engine) => ({
  ...engine,
  async compile(source, limits, options) {
    const compiled = await engine.compile(source, limits, options);
    if (source instanceof Uint8Array) sources.set(await moduleKey(source, limits), [source.slice(), limits]);
    return compiled;
  },
});

// What fails here is for this runtime's own rows to tell.
await runEngine({ engine: "native", thread: "caller" }, { adapt: recording });

const [folder] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const imports = [];
const entries = [];
for (const [key, [source, limits]] of sources) {
  const name = `guard${entries.length}`;
  await writeFile(join(folder, `${name}.wasm`), await prepareGuard(source, limits));
  imports.push(`import ${name} from "./${name}.wasm";\n`);
  entries.push(`  "${key}": ${name},\n`);
}
await writeFile(
  join(folder, "index.js"),
  `${imports.join("")}\nexport const modules = {\n${entries.join("")}};\n`,
);
process.exit();
