import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The folder of what only this bench needs: large, and nothing that a clone should have to install. */
const folder = new URL("../../peers/", import.meta.url);
const require = createRequire(folder);

/** Installs the versions that the lock file names, unless they are there. */
export function installPeers(): void {
  if (existsSync(new URL("node_modules/.package-lock.json", folder))) return;
  console.log("Installing the peers...");
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: fileURLToPath(folder), stdio: "inherit" });
}

/** Loads an installed package, of which the bench knows as much as `T` says. */
export function importPeer<T>(name: string): Promise<T> {
  return import(pathToFileURL(require.resolve(name)).href);
}

export function versionOfPeer(name: string): string {
  return require(fileURLToPath(new URL(`node_modules/${name}/package.json`, folder))).version;
}
