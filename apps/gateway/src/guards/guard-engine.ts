import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { GuardEngine } from "@guardhost/core";
import { native } from "@guardhost/native";
import { wasi } from "@guardhost/wasi";
import type { WasmGuardConfig } from "../config/guard-config.js";

/** The engine for a guard, with the files that its configuration gives it. Throws when one of them cannot be read. */
export async function guardEngine(config: WasmGuardConfig, directory: string): Promise<GuardEngine> {
  const { engine, args, env, files = {} } = config;
  if (engine === "native") return native();
  const contents = await Promise.all(
    Object.entries(files).map(
      async ([name, file]) => [name, await readFile(resolve(directory, file))] as const,
    ),
  );
  return wasi({
    ...(args === undefined ? {} : { args }),
    ...(env === undefined ? {} : { env }),
    files: Object.fromEntries(contents),
  });
}
