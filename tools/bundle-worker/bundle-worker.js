#!/usr/bin/env node
/**
 * Makes one file of a package's `dist/worker.js` and of all that it imports of this repository: `bundle-worker dist/<name>.js`. Node takes
 * some half a millisecond for each module that it loads, and a thread begins with none.
 *
 * Applications that are bundled have it beside them, so each engine's has a name of its own.
 */

import { build } from "esbuild";

const [outfile] = process.argv.slice(2);
if (outfile === undefined) throw new Error("say which file to make: bundle-worker dist/<name>.js");

await build({
  entryPoints: ["dist/worker.js"],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  // The oldest Node that is supported.
  target: "node20.19",
  // What somebody else has published stays a dependency.
  external: ["@wasmer/*"],
  sourcemap: true,
  sourcesContent: false,
  logLevel: "warning",
});
