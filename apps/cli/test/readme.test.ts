import { spawnSync } from "node:child_process";
import { copyFile, mkdir, readFile, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { mainFile } from "./guardhost.js";
import { openWorkplace } from "./workplace.js";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const workplace = await openWorkplace();

for (const [, name = "", content = ""] of readme.matchAll(/`(\w+\.json)`\n\n```json\n(.*?)```/gs)) {
  await workplace.file(name, content);
}
const guard = fileURLToPath(import.meta.resolve("@guardhost/guards/filesystem.wasm"));
await copyFile(guard, join(workplace.directory, "filesystem.wasm"));
const bin = join(workplace.directory, "bin");
await mkdir(bin);
await symlink(mainFile, join(bin, "guardhost"));

/** Sizes and the hash belong to the guard's build, not to the command; the README calls them an example. */
function withoutBuild(text: string): string {
  return text.replace(/[\d,]+ (bytes|functions)/g, "$1").replace(/sha256-\S+/g, "sha256");
}

/** Commands after `$ `, which go on after `> `, and what they print. */
const sessions = [...readme.matchAll(/```console\n(.*?)```/gs)].flatMap(([, block = ""]) =>
  [...block.matchAll(/^\$ (.*(?:\n> .*)*)\n((?:(?!\$ ).*\n)*)/gm)].map(
    ([, command = "", output = ""]) => [command.replaceAll("\n> ", "\n"), output] as const,
  ),
);

test("there are examples", () => expect(sessions).toHaveLength(5));

test("links lead to files that say something", async () => {
  for (const [, target = ""] of readme.matchAll(/\]\(([^)#]+)/g)) {
    const { size } = await stat(new URL(target, new URL("../README.md", import.meta.url)));
    expect({ target, size }).not.toEqual({ target, size: 0 });
  }
});

test.each(sessions)("%s", (command, output) => {
  const { stdout } = spawnSync("sh", ["-c", `{ ${command}\n} 2>&1`], {
    cwd: workplace.directory,
    encoding: "utf8",
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
  expect(withoutBuild(stdout)).toBe(withoutBuild(output));
});
