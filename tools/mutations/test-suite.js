import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { withMutatedFile } from "./with-mutated-file.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

/** Milliseconds for one run of some tests, in case a mutation makes them spin. */
const TIMEOUT_MS = 300_000;

/** Where sources are that others are made from. */
const ASSEMBLY = "/assembly/";

/** @typedef {import("./mutation.js").Mutation} Mutation */
/** @typedef {{ readonly file: string, readonly name: string }} NamedTest */

/**
 * The tests of one package, over a copy of its sources. `fails` of its mutations is a test: its file below `test`, and the
 * title of it or of what it is in.
 */
export class TestSuite {
  #workspace;
  #folder;
  #generate;
  /** Whether what is made from sources is made from broken ones. */
  #stale = false;

  /**
   * @param {string} workspace a folder like the root of the repository
   * @param {string} folder the package's in it
   * @param {string | undefined} generate
   */
  constructor(workspace, folder, generate) {
    this.#workspace = workspace;
    this.#folder = folder;
    this.#generate = generate;
  }

  /**
   * @param {Mutation["package"]} name
   * @param {string} [generate] a script that makes some of the sources from AssemblyScript
   */
  static async open(name, generate) {
    const workspace = await realpath(await mkdtemp(join(tmpdir(), "guardhost-mutations-")));
    await cp(join(root, "tsconfig.base.json"), join(workspace, "tsconfig.base.json"));
    // The package's configuration may refer to those of others.
    for (const other of await readdir(join(root, "packages"))) {
      const config = join("packages", other, "tsconfig.json");
      if (existsSync(join(root, config))) await cp(join(root, config), join(workspace, config));
    }
    const source = join(root, partOf(name), name);
    const folder = join(workspace, partOf(name), name);
    // What is built is there for the package's own import conditions, which lead to it.
    for (const part of ["package.json", "tsconfig.json", "README.md", "scripts", "src", "dist", "test"]) {
      if (existsSync(join(source, part)))
        await cp(join(source, part), join(folder, part), { recursive: true });
    }
    await symlink(join(source, "node_modules"), join(folder, "node_modules"));
    return new TestSuite(workspace, folder, generate);
  }

  /** Without a mutation every test that one names is there and passes, or nothing else means anything. @param {readonly Mutation[]} mutations */
  async assertSound(mutations) {
    if (mutations.length === 0) return;
    const tests = mutations.map(({ fails }) => namedTest(fails));
    const { ran, failed } = await this.#run(tests);
    if (failed.length > 0) throw new Error(`tests fail as they are:\n  ${failed.join("\n  ")}`);
    for (const { file, name } of tests) {
      if (!ran.some((title) => title.includes(name))) throw new Error(`${file} has no test called ${name}`);
    }
  }

  /** Whether what the mutation needs is on this machine. */
  canRun() {
    return true;
  }

  /** The file that a mutation changes. @param {Mutation} mutation */
  fileOf({ file }) {
    return join(this.#folder, "src", file);
  }

  /** Undefined when the test notices, or why it does not. @param {Mutation} mutation */
  async survival(mutation) {
    const { file, fails } = mutation;
    try {
      const { failed } = await withMutatedFile(this.fileOf(mutation), mutation, async () => {
        await this.#makeSources(file.includes(ASSEMBLY));
        return this.#run([namedTest(fails)]);
      });
      return failed.length > 0 ? undefined : `${fails} passes all the same`;
    } catch (error) {
      return /** @type {Error} */ (error).message;
    }
  }

  /** Deletes the copy. */
  close() {
    return rm(this.#workspace, { recursive: true });
  }

  /** Makes what is made from sources, if one of them is broken now or was. @param {boolean} broken */
  async #makeSources(broken) {
    if (this.#generate === undefined || !(broken || this.#stale)) return;
    this.#stale = true;
    await run(process.execPath, [this.#generate], { cwd: this.#folder, timeout: TIMEOUT_MS });
    this.#stale = broken;
  }

  /** Titles of the tests that ran, and of those that failed. @param {readonly NamedTest[]} tests */
  async #run(tests) {
    const files = [...new Set(tests.map(({ file }) => `test/${file}`))];
    const names = [...new Set(tests.map(({ name }) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")))];
    const vitest = join(this.#folder, "node_modules/vitest/vitest.mjs");
    const config = join(root, "vitest.config.ts");
    const args = ["run", ...files, "--root", this.#folder, "--config", config, "-t", names.join("|")];
    const report = join(this.#folder, "test-results.json");
    await rm(report, { force: true });
    const options = { cwd: this.#folder, timeout: TIMEOUT_MS, maxBuffer: 1 << 26 };
    // Its exit code says the same as its report.
    const failure = await run(process.execPath, [vitest, ...args], options).catch((error) => error);
    if (!existsSync(report)) throw new Error("the tests did not run", { cause: failure });
    const { testResults } = JSON.parse(await readFile(report, "utf8"));
    /** @type {{ fullName: string, status: string }[]} */
    const results = testResults.flatMap(resultsOf);
    const titles = (/** @type {string} */ status) =>
      results.filter((result) => result.status === status).map(({ fullName }) => fullName);
    return { ran: [...titles("passed"), ...titles("failed")], failed: titles("failed") };
  }
}

/** Where in the repository a package is. @param {Mutation["package"]} name */
export function partOf(name) {
  return name === "gateway" ? "apps" : "packages";
}

/** A file that does not load has no tests to fail. @param {any} file */
function resultsOf({ name, status, assertionResults }) {
  const isBroken = status === "failed" && assertionResults.length === 0;
  return isBroken ? [{ fullName: name, status }] : assertionResults;
}

/** @param {string} fails @returns {NamedTest} */
function namedTest(fails) {
  const [file = "", ...titles] = fails.split(" > ");
  return { file, name: titles.join(" ") };
}
