import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withMutatedFile } from "./with-mutated-file.js";

const PACKAGES = ["core", "rewrite", "thread", "engine", "native", "conformance"];
const packages = new URL("../../packages/", import.meta.url);

/** A copy of the built packages, laid out as npm would install them, whose files may be changed. */
export class WorkspaceCopy {
  /** Path of a script that runs the suite in this copy. */
  script;
  #directory;

  /** @param {string} directory */
  constructor(directory) {
    this.#directory = directory;
    this.script = join(directory, "run-suite.js");
  }

  /** Copies the packages. They must have been built. */
  static async make() {
    const directory = await realpath(await mkdtemp(join(tmpdir(), "guardhost-mutations-")));
    for (const name of PACKAGES) {
      for (const part of ["package.json", "dist"]) {
        const target = join(directory, "node_modules", "@guardhost", name, part);
        await cp(new URL(`${name}/${part}`, packages), target, { recursive: true });
      }
    }
    const copy = new WorkspaceCopy(directory);
    await writeFile(join(directory, "package.json"), '{ "type": "module" }\n');
    await cp(fileURLToPath(new URL("run-suite.js", import.meta.url)), copy.script);
    // Threads load the modules that can be changed, not the one file that was made of them.
    await writeFile(copy.#distOf("native", "native-worker.node.mjs"), 'import "./worker.js";\n');
    return copy;
  }

  /**
   * Applies a mutation for as long as `work` takes, see {@link withMutatedFile}.
   *
   * @template T
   * @param {import("./mutation.js").Mutation} mutation
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  withMutation(mutation, work) {
    return withMutatedFile(this.builtFile(mutation), mutation, work);
  }

  /** Deletes the copy. */
  async delete() {
    await rm(this.#directory, { recursive: true });
  }

  /** What became of the file that a mutation changes. @param {import("./mutation.js").Mutation} mutation */
  builtFile({ package: name, file }) {
    return this.#distOf(name, file.replace(/\.ts$/, ".js"));
  }

  /** @param {string} name @param {string} file */
  #distOf(name, file) {
    return join(this.#directory, "node_modules", "@guardhost", name, "dist", file);
  }
}
