import { readFile, writeFile } from "node:fs/promises";

/**
 * Applies a mutation to a file for as long as `work` takes.
 *
 * Throws when its snippet does not occur exactly once: the code has moved on, and the mutation has to follow.
 *
 * @template T
 * @param {string} file
 * @param {Pick<import("./mutation.js").Mutation, "find" | "replace">} mutation
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withMutatedFile(file, { find, replace }, work) {
  const original = await readFile(file, "utf8");
  const pieces = original.split(find);
  if (pieces.length !== 2) {
    throw new Error(`the snippet occurs ${pieces.length - 1} times, not once: ${find}`);
  }
  await writeFile(file, pieces.join(replace));
  try {
    return await work();
  } finally {
    await writeFile(file, original);
  }
}
