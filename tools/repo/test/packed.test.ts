import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Consumer, createConsumer } from "@guardhost/consumer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeBlocks } from "../src/code-blocks.js";
import { deadLinks } from "../src/dead-links.js";
import { manifestOf, publishedFolders, root } from "../src/workspace.js";

const tsc = join(createRequire(import.meta.url).resolve("typescript/package.json"), "../bin/tsc");

/** Everything in a README that a reader would copy into a file and run. */
const examples = codeBlocks(readFileSync(join(root, "README.md"), "utf8"), "ts");

let consumer: Consumer;
beforeAll(async () => {
  consumer = await createConsumer({ folders: publishedFolders(), dependencies: ["@types/node@20"] });
}, 300_000);
afterAll(() => consumer?.remove());

test("there is something to run", () => {
  expect(examples.length).toBeGreaterThan(0);
});

describe.each(examples.map((code, i) => [i + 1, code] as const))("README example %i", (number, code) => {
  const file = `readme-${number}`;

  test.each([
    ["for Node, with the default libraries", { module: "nodenext", types: [] }],
    ["for Node, with the libraries of Node alone", { module: "nodenext", lib: ["es2023"], types: ["node"] }],
    ["for a bundler", { module: "esnext", moduleResolution: "bundler", types: [] }],
  ])("type-checks %s", async (_name, options) => {
    await consumer.write(`${file}.ts`, code);
    const compilerOptions = { target: "es2022", strict: true, noEmit: true, ...options };
    await consumer.write("tsconfig.json", JSON.stringify({ compilerOptions, files: [`${file}.ts`] }));
    await consumer.run(process.execPath, tsc, "-p", "tsconfig.json");
  });

  test("runs", async () => {
    await consumer.write(`${file}.js`, code);
    const { stdout } = await consumer.run(process.execPath, `${file}.js`);
    expect(stdout).not.toBe("");
  });
});

test.each(["native", "wasi", "wasmer", "conformance"])(
  "the declarations of @guardhost/%s ask for no libraries but those of Node",
  async (name) => {
    const file = `${name}-types.ts`;
    await consumer.write(file, `export * from "@guardhost/${name}";\n`);
    const compilerOptions = {
      target: "es2023",
      lib: ["es2023"],
      types: ["node"],
      module: "nodenext",
      noEmit: true,
    };
    await consumer.write("tsconfig.json", JSON.stringify({ compilerOptions, files: [file] }));
    await consumer.run(process.execPath, tsc, "-p", "tsconfig.json");
  },
);

test.each(publishedFolders().map((folder) => [manifestOf(folder).name, manifestOf(folder)] as const))(
  "%s is complete in its manifest",
  (_name, manifest) => {
    expect(manifest).toMatchObject({
      license: "MIT",
      type: "module",
      sideEffects: false,
      engines: { node: ">=20.19" },
    });
  },
);

test.each(publishedFolders().map((folder) => manifestOf(folder).name))(
  "links in what %s has to read lead to what it brings",
  (name) => {
    expect(deadLinks(join(consumer.folder, "node_modules", name))).toEqual([]);
  },
);

test("the command brings the page about the ABI", () => {
  const page = readFileSync(join(consumer.folder, "node_modules/guardhost/dist/guard-abi.md"), "utf8");
  expect(page).toBe(readFileSync(join(root, "docs/guard-abi.md"), "utf8"));
});

test("the command runs from node_modules/.bin", async () => {
  const bin = join(consumer.folder, "node_modules/.bin/guardhost");
  const guard = join(consumer.folder, "node_modules/@guardhost/guards/dist/filesystem.wasm");
  const { stdout } = await consumer.run(bin, "inspect", guard);
  expect(stdout).toContain("sha256-");
  await expect(consumer.run(bin, "inspect", "absent.wasm")).rejects.toMatchObject({ code: 1 });
});

test.each(["native", "wasi", "wasmer"])("the command calls a guard on %s", async (engine) => {
  const bin = join(consumer.folder, "node_modules/.bin/guardhost");
  const guard = join(consumer.folder, "node_modules/@guardhost/guards/dist/filesystem.wasm");
  const policy = { filesystem: { mode: "filter", agent: { secrecy: ["staff"], integrity: [] }, paths: [] } };
  await consumer.write("policy.json", JSON.stringify(policy));
  const args = ["call", guard, "label_agent", "--policy", "policy.json", "--engine", engine];
  const { stdout } = await consumer.run(bin, ...args);
  expect(JSON.parse(stdout)).toMatchObject({ agent: { secrecy: ["staff"] }, mode: "filter" });
});
