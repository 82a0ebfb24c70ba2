#!/usr/bin/env node
/**
 * Makes `dist/worker.node.js` of a package's `dist/worker.js`: the same, with all that it imports of this repository, in one file.
 * Node takes some half a millisecond for each module that it loads, and a thread begins with none.
 */

import { build } from "esbuild";

await build({
  entryPoints: ["dist/worker.js"],
  outfile: "dist/worker.node.js",
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
