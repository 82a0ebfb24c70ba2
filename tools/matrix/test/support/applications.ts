import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { endlessGuard } from "./endless-guard.js";
import { project } from "./project.js";

const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));

/** The guard of all applications. */
export const guardFile = join(project.folder, "node_modules/@guardhost/guards/dist/filesystem.wasm");

/** A copy of the applications in `fixtures/`, which finds the packages as users get them. Answers its folder. */
export async function copyApplications(name: string): Promise<string> {
  const folder = join(project.folder, name);
  await cp(fixtures, folder, { recursive: true });
  for (const app of ["browser-app", "sandbox-app"])
    await cp(guardFile, join(folder, app, "public/filesystem.wasm"));
  await writeFile(join(folder, "sandbox-app/public/endless.wasm"), endlessGuard);
  return folder;
}
