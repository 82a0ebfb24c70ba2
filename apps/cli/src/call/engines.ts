import type { GuardEngine } from "@guardhost/core";
import { native } from "@guardhost/native";
import { UserError } from "../user-error.js";

/** What runs a guard. All but the first are in packages that may not be there. */
export type EngineName = "native" | "wasi" | "wasmer";

const engines: Readonly<Record<EngineName, () => GuardEngine | Promise<GuardEngine>>> = {
  native: () => native(),
  wasi: async () => (await import("@guardhost/wasi")).wasi(),
  wasmer: async () => (await import("@guardhost/wasmer")).wasmer(),
};

/** The names of all engines. */
export const ENGINE_NAMES: readonly string[] = Object.keys(engines);

/** Makes an engine. Rejects with a UserError when its package is not installed. */
export async function loadEngine(name: EngineName): Promise<GuardEngine> {
  try {
    return await engines[name]();
  } catch (cause) {
    const packageName = `@guardhost/${name}`;
    if (!isMissing(cause, packageName)) throw cause;
    throw new UserError(
      `the engine ${name} is in a package of its own, which is not installed beside guardhost: ` +
        `npm install ${packageName} (with --global if guardhost is)`,
      { cause },
    );
  }
}

/** Whether an import failed because there is no such package, rather than because of something in it. */
function isMissing(error: unknown, packageName: string): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: string };
  return code === "ERR_MODULE_NOT_FOUND" && (message?.includes(`'${packageName}'`) ?? false);
}
