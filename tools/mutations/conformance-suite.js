import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { node26 } from "@guardhost/runtimes";
import { WorkspaceCopy } from "./workspace-copy.js";

const run = promisify(execFile);

/** Milliseconds for one run, in case a mutation makes it spin; the whole suite takes more than one minute on a busy machine. */
const TIMEOUT_MS = 300_000;

/** Exit code of `run-suite.js` for a promise that was rejected and forgotten, which is a failure as well. */
const UNHANDLED_REJECTION = 86;

/** @typedef {import("@guardhost/conformance").ConformanceReport} ConformanceReport */
/** @typedef {import("./mutation.js").Mutation} Mutation */

/** The conformance suite, over a copy of the built packages. `fails` of its mutations is the id of a requirement. */
export class ConformanceSuite {
  #copy;

  /** @param {WorkspaceCopy} copy */
  constructor(copy) {
    this.#copy = copy;
  }

  static async open() {
    return new ConformanceSuite(await WorkspaceCopy.make());
  }

  /** Without a mutation every requirement that one names is met, or nothing else means anything. @param {readonly Mutation[]} mutations */
  async assertSound(mutations) {
    /** @type {Map<string, Mutation[]>} */
    const byMode = new Map();
    for (const mutation of mutations) {
      const mode = `${mutation.runtime} ${mutation.thread}`;
      byMode.set(mode, [...(byMode.get(mode) ?? []), mutation]);
    }
    for (const ofMode of byMode.values()) {
      const named = new Set(ofMode.map(({ fails }) => fails));
      const { failed } = await this.#run(/** @type {Mutation} */ (ofMode[0]), named);
      if (failed.length === 0) continue;
      const list = failed.map(({ id, message }) => `  ${id}: ${message}`).join("\n");
      throw new Error(`the packages do not conform as they are:\n${list}`);
    }
  }

  /** Whether what the mutation needs is on this machine. @param {Mutation} mutation */
  canRun({ runtime }) {
    return runtime !== "node26" || node26 !== undefined;
  }

  /** The file that a mutation changes. @param {Mutation} mutation */
  fileOf(mutation) {
    return this.#copy.builtFile(mutation);
  }

  /** Undefined when the requirement notices, or why it does not. @param {Mutation} mutation */
  async survival(mutation) {
    const { fails } = mutation;
    try {
      const report = await this.#copy.withMutation(mutation, () => this.#run(mutation, [fails]));
      if (report.skipped.length > 0) return `${fails} is skipped for ${report.skipped[0]?.ability}`;
      return report.failed.length > 0 ? undefined : `${fails} passes all the same`;
    } catch (error) {
      const { code, message } = /** @type {Error & { code?: unknown }} */ (error);
      return code === UNHANDLED_REJECTION ? undefined : message;
    }
  }

  /** Deletes the copy. */
  close() {
    return this.#copy.delete();
  }

  /**
   * Checks requirements where a mutation wants them checked.
   *
   * @param {Mutation} mutation
   * @param {Iterable<string>} only
   * @returns {Promise<ConformanceReport>}
   */
  async #run({ runtime, thread }, only) {
    const node = (runtime === "node26" && node26) || process.execPath;
    const options = { timeout: TIMEOUT_MS, maxBuffer: 1 << 24 };
    const { stdout } = await run(node, [this.#copy.script, thread ?? "caller", ...only], options);
    return JSON.parse(stdout);
  }
}
