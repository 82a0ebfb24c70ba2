import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

/** @type {typeof import("./index.d.ts").consumerAt} */
export function consumerAt(folder) {
  return {
    folder,
    run: (command, ...args) => execute(command, args, { cwd: folder, maxBuffer: 1 << 26 }),
    write: (name, content) => writeFile(join(folder, name), content),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** @type {typeof import("./index.d.ts").createConsumer} */
export async function createConsumer({ folders, dependencies = [] }) {
  const folder = await mkdtemp(join(tmpdir(), "guardhost-consumer-"));
  const consumer = consumerAt(folder);
  try {
    const filters = folders.map((one) => `--filter=./${one}`);
    const pack = ["-y", "pnpm@12", "-r", ...filters, "pack", "--pack-destination", folder];
    await execute("npx", pack, { cwd: root });
    const tarballs = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
    if (tarballs.length !== folders.length) {
      throw new Error(
        `${folders.length} packages were to be packed, and ${tarballs.length} were: ${tarballs}`,
      );
    }
    await consumer.write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
    const packages = [...dependencies, ...tarballs.map((name) => `./${name}`)];
    await consumer.run("npm", "install", "--no-audit", "--no-fund", ...packages);
    return consumer;
  } catch (error) {
    await consumer.remove();
    throw error;
  }
}
