import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { WasmGuardConfig } from "../config/guard-config.js";

/**
 * Where the module of a guard is. Packages are looked for from `directory`, then from the gateway itself.
 *
 * @throws Error when there is no such package
 */
export function guardSource({ path, package: name }: WasmGuardConfig, directory: string): URL {
  if (path !== undefined) return pathToFileURL(resolve(directory, path));
  return pathToFileURL(resolvePackage(name ?? "", directory));
}

function resolvePackage(name: string, directory: string): string {
  try {
    return createRequire(join(directory, "config.json")).resolve(name);
  } catch {
    // It may come with the gateway; if not, this is the error to show, without its list of files.
    try {
      return createRequire(import.meta.url).resolve(name);
    } catch (cause) {
      const { message, code } = cause as NodeJS.ErrnoException;
      const advice =
        code === "MODULE_NOT_FOUND"
          ? ": install its package with the gateway, or where the configuration is"
          : "";
      throw new Error(`${message.split("\n")[0]}${advice}`, { cause });
    }
  }
}
