import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { guardhost } from "./guardhost.js";
import { AGENT, guardModule } from "./guards.js";
import { openWorkplace } from "./workplace.js";

const workplace = await openWorkplace();
const guard = await workplace.file("guard.wasm", guardModule());
const policy = await workplace.file("policy.json", { rooms: ["lobby"] });
const args = (engine: string) => [
  "call",
  guard,
  "label_agent",
  "--policy",
  policy,
  "--engine",
  engine,
  "--json",
];

test.each(["native", "wasi", "wasmer"])("a guard is called on %s, and the command ends", async (engine) => {
  const stdout = `${JSON.stringify({ agent: AGENT.agent, mode: "filter" })}\n`;
  expect(await guardhost(args(engine))).toEqual({ status: 0, stdout, stderr: "" });
});

test("an engine that nobody knows is a mistake on the command line", async () => {
  const run = await guardhost(args("wasmtime"));
  expect(run).toMatchObject({ status: 2, stdout: "" });
  expect(run.stderr).toContain("Allowed choices are native, wasi, wasmer");
});

describe("where only the command's own dependencies are installed", async () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const installed = join(workplace.directory, "node_modules/guardhost");
  await mkdir(join(installed, "node_modules/@guardhost"), { recursive: true });
  await cp(join(root, "dist"), join(installed, "dist"), { recursive: true });
  await cp(join(root, "package.json"), join(installed, "package.json"));
  for (const name of [
    "@guardhost/core",
    "@guardhost/difc",
    "@guardhost/engine",
    "@guardhost/native",
    "@guardhost/rewrite",
    "commander",
  ]) {
    await symlink(join(root, "node_modules", name), join(installed, "node_modules", name));
  }
  const main = join(installed, "dist/main.js");

  test.each(["wasi", "wasmer"])("%s is asked for with the command that installs it", async (engine) => {
    const run = await guardhost(args(engine), { main });
    expect(run).toMatchObject({ status: 1, stdout: "" });
    expect(run.stderr).toContain(`npm install @guardhost/${engine}`);
  });

  test("native is there", async () => {
    expect(await guardhost(args("native"), { main })).toMatchObject({ status: 0 });
  });
});
