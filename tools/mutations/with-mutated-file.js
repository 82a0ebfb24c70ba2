import { readFile, writeFile } from "node:fs/promises";

/** @typedef {Pick<import("./mutation.js").Mutation, "find" | "replace">} Snippets */

/**
 * Applies a mutation to a file for as long as `work` takes. Throws as {@link assertApplies} does.
 *
 * @template T
 * @param {string} file
 * @param {Snippets} mutation
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withMutatedFile(file, { find, replace }, work) {
  const original = await readFile(file, "utf8");
  await writeFile(file, piecesOf(original, find).join(replace));
  try {
    return await work();
  } finally {
    await writeFile(file, original);
  }
}

/**
 * Throws when the snippet of a mutation does not occur exactly once in its file: the code has moved on, and the mutation has to follow.
 *
 * @param {string} file
 * @param {Snippets} mutation
 */
export async function assertApplies(file, { find }) {
  piecesOf(await readFile(file, "utf8"), find);
}

/** @param {string} code @param {string} snippet */
function piecesOf(code, snippet) {
  const pieces = code.split(snippet);
  if (pieces.length !== 2) {
    throw new Error(`the snippet occurs ${pieces.length - 1} times, not once: ${snippet}`);
  }
  return pieces;
}
