import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { publishedFolders, root } from "./workspace.js";

const execute = promisify(execFile);

/** An empty ESM project with all published packages installed from their tarballs, as their users have it. */
export interface Consumer {
  readonly folder: string;
  write(name: string, content: string): Promise<void>;
  /** Runs an executable in the project. Rejects, with what it printed, when it fails. */
  run(command: string, ...args: string[]): Promise<{ stdout: string; stderr: string }>;
  remove(): Promise<void>;
}

/** Packs every published package and installs the tarballs with npm. */
export async function createConsumer(): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), "guardhost-consumer-"));
  const run: Consumer["run"] = (command, ...args) =>
    execute(command, args, { cwd: folder, maxBuffer: 1 << 26 });
  const write = (name: string, content: string) => writeFile(join(folder, name), content);
  for (const published of publishedFolders()) {
    await execute("npx", ["-y", "pnpm@12", "pack", "--pack-destination", folder], {
      cwd: join(root, published),
    });
  }
  const tarballs = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  await write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
  await run(
    "npm",
    "install",
    "--no-audit",
    "--no-fund",
    "@types/node@20",
    ...tarballs.map((name) => `./${name}`),
  );
  return { folder, write, run, remove: () => rm(folder, { recursive: true, force: true }) };
}
