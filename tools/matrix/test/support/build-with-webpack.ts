import { type Configuration, webpack } from "webpack";

/** What the README of `wasi` tells webpack: the shim mentions a file that it does not have, and never asks for. */
const wasiShim = { test: /@wasmer[\\/]wasi/, parser: { url: false } };

/** Builds as webpack's introduction does, and as the README of `wasi` says. */
export async function buildWithWebpack(configuration: Configuration): Promise<void> {
  const compiler = webpack({ mode: "production", module: { rules: [wasiShim] }, ...configuration });
  try {
    await new Promise<void>((resolve, reject) => {
      compiler.run((error, stats) => {
        if (error === null && stats?.hasErrors() === false) resolve();
        else reject(error ?? new Error(stats?.toString("errors-only")));
      });
    });
  } finally {
    await new Promise((resolve) => compiler.close(resolve));
  }
}
