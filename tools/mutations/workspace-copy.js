import { cp, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGES = ["core", "rewrite", "native", "conformance"];
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
    return copy;
  }

  /**
   * Applies a mutation for as long as `work` takes.
   *
   * Throws when its snippet does not occur exactly once: the code has moved on, and the mutation has to follow.
   *
   * @template T
   * @param {import("./mutation.js").Mutation} mutation
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async withMutation(mutation, work) {
    const file = this.#builtFile(mutation);
    const original = await readFile(file, "utf8");
    const pieces = original.split(mutation.find);
    if (pieces.length !== 2) {
      throw new Error(`the snippet occurs ${pieces.length - 1} times, not once: ${mutation.find}`);
    }
    await writeFile(file, pieces.join(mutation.replace));
    try {
      return await work();
    } finally {
      await writeFile(file, original);
    }
  }

  /** Deletes the copy. */
  async delete() {
    await rm(this.#directory, { recursive: true });
  }

  /** @param {import("./mutation.js").Mutation} mutation */
  #builtFile({ package: name, file }) {
    return join(this.#directory, "node_modules", "@guardhost", name, "dist", file.replace(/\.ts$/, ".js"));
  }
}
