import { spawnSync } from "node:child_process";
import {
  chmod,
  chown,
  link,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { guardhost, mainFile } from "./guardhost.js";
import { guardModule } from "./guards.js";
import { openWorkplace } from "./workplace.js";

const workplace = await openWorkplace();
const guard = await workplace.file("guard.wasm", guardModule());
const prepared = await prepare(join(workplace.directory, "prepared.wasm"));

/** What a file has once a guard was prepared into it. */
async function prepare(output: string): Promise<Buffer> {
  const { status, stdout, stderr } = await guardhost(["prepare", guard, "-o", output]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^\P{Cc}*: \d+ bytes, sha256-.*\n$/u);
  return readFile(output);
}

/** Prepares the guard into `output` by a script that runs the command as `"$@"`, in a directory of its own. */
async function prepareBy(script: string, output: string) {
  const cwd = await mkdtemp(join(workplace.directory, "by-"));
  const command = [process.execPath, mainFile, "prepare", guard, "-o", output];
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script, "sh", ...command], { cwd });
  return { cwd, status, stdout, stderr: stderr.toString() };
}

const report = (name: string) => expect.stringMatching(`^${name}: ${prepared.length} bytes, sha256-.*\n$`);

describe("standard output", () => {
  test.each([
    ["-", "standard output"],
    ["/dev/stdout", "/dev/stdout"],
  ])("as %s gets the bytes alone", async (output, name) => {
    const run = await prepareBy('"$@"', output);
    expect(run).toMatchObject({ status: 0, stderr: report(name) });
    expect(run.stdout.equals(prepared)).toBe(true);
    expect(await readdir(run.cwd)).toEqual([]);
  });

  test.each(["-", "/dev/stdout", "out"])("that is a file is written where it is, as %s", async (output) => {
    const { cwd, ...run } = await prepareBy('{ echo before; "$@"; echo after; } > out', output);
    expect(run).toMatchObject({ status: 0, stderr: expect.stringContaining("sha256-") });
    const written = await readFile(join(cwd, "out"));
    expect(written.equals(Buffer.concat([Buffer.from("before\n"), prepared, Buffer.from("after\n")]))).toBe(
      true,
    );
  });

  test("may have a reader that goes away", async () => {
    expect(await prepareBy('"$@" | true', "-")).toMatchObject({
      status: 0,
      stderr: report("standard output"),
    });
  });
});

const hasMkfifo = spawnSync("mkfifo").error === undefined;

describe.skipIf(!hasMkfifo)("what is no regular file (needs mkfifo)", () => {
  test("gets the bytes, and standard error what there is to say", async () => {
    const { cwd, ...run } = await prepareBy(
      'mkfifo pipe; cat pipe > copy & "$@" && [ -p pipe ] || kill $!; wait $!',
      "pipe",
    );
    expect(run).toMatchObject({ status: 0, stderr: report("pipe") });
    expect(run.stdout).toHaveLength(0);
    expect((await readFile(join(cwd, "copy"))).equals(prepared)).toBe(true);
    expect((await stat(join(cwd, "pipe"))).isFIFO()).toBe(true);
  });
});

describe("a file that was there", () => {
  test("is replaced, not written over, and keeps its mode", async () => {
    const [output, other] = [join(workplace.directory, "former"), join(workplace.directory, "other name")];
    await writeFile(output, "former");
    await chmod(output, 0o751);
    await link(output, other);
    expect(await prepare(output)).toEqual(prepared);
    expect((await stat(output)).mode & 0o7777).toBe(0o751);
    expect(await readFile(other, "utf8")).toBe("former");
  });

  test("stays when it is what standard input reads", async () => {
    const cwd = await mkdtemp(join(workplace.directory, "by-"));
    await writeFile(join(cwd, "guard.wasm"), guardModule());
    const command = [process.execPath, mainFile, "prepare", "-", "-o", "guard.wasm"];
    const { status, stderr } = spawnSync("sh", ["-c", '"$@" < guard.wasm', "sh", ...command], { cwd });
    expect({ status, stderr: stderr.toString() }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^guardhost: guard\.wasm is the file that is read/),
    });
    expect(await readFile(join(cwd, "guard.wasm"))).toEqual(Buffer.from(guardModule()));
  });

  test.skipIf(process.getuid?.() !== 0)("keeps its owner (only root gives files away)", async () => {
    const output = join(workplace.directory, "owned");
    await writeFile(output, "former");
    await chown(output, 12_345, 23_456);
    await prepare(output);
    expect(await stat(output)).toMatchObject({ uid: 12_345, gid: 23_456 });
  });

  test("stays when the new one cannot be written, and nothing is left beside it", async () => {
    const { cwd, ...run } = await prepareBy('echo former > out; ulimit -f 1; exec "$@"', "out");
    expect(run).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^guardhost: out cannot be written: EFBIG/),
    });
    expect(await readdir(cwd)).toEqual(["out"]);
    expect(await readFile(join(cwd, "out"), "utf8")).toBe("former\n");
  });

  test.skipIf(process.getuid?.() === 0)("stays when it is read-only (root may write all)", async () => {
    const { cwd, ...run } = await prepareBy('echo former > out; chmod 444 out; "$@"', "out");
    expect(run).toMatchObject({ status: 1, stderr: "guardhost: out cannot be written: permission denied\n" });
    expect(await readFile(join(cwd, "out"), "utf8")).toBe("former\n");
  });
});

test.each([
  ["a file that is there", "target"],
  ["a file that is not", "absent"],
])("a link to %s stays, and what it leads to is written", async (_, target) => {
  const directory = await mkdtemp(join(workplace.directory, "links-"));
  await writeFile(join(directory, "target"), "former");
  // Two directories of links, so that names are told by where a link really is.
  await symlink(directory, join(directory, "here"));
  await symlink(
    join("..", directory.slice(workplace.directory.length + 1), target),
    join(directory, "first"),
  );
  await symlink("first", join(directory, "second"));
  expect(await prepare(join(directory, "here", "second"))).toEqual(prepared);
  expect((await readFile(join(directory, target))).equals(prepared)).toBe(true);
  for (const name of ["first", "second"]) {
    expect((await lstat(join(directory, name))).isSymbolicLink()).toBe(true);
  }
});
