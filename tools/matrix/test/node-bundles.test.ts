import { cp } from "node:fs/promises";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { copyApplications, guardFile } from "./support/applications.js";
import { buildWithWebpack } from "./support/build-with-webpack.js";
import { project } from "./support/project.js";

const engines = ["native", "wasi"];
let entry: string;
let out: string;

beforeAll(async () => {
  const app = join(await copyApplications("for-node"), "node-app");
  [entry, out] = [join(app, "main.js"), join(app, "dist")];
}, 60_000);

/** What the application prints, which labels on a worker thread. */
async function run(program: string, engine: string): Promise<string> {
  return (await project.run(process.execPath, program, engine, guardFile)).stdout.trim();
}

describe("an application for Node that esbuild has built", () => {
  beforeAll(async () => {
    const outfile = join(out, "esbuild/main.mjs");
    await esbuild.build({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm" });
    // What newer versions of npm write.
    await project.write("for-node/node-app/dist/package.json", JSON.stringify({ type: "commonjs" }));
  });

  describe.each(engines)("with %s()", (engine) => {
    const worker = `${engine}-worker.node.mjs`;

    test("is told which file its worker threads lack", async () => {
      expect(await run(join(out, "esbuild/main.mjs"), engine)).toMatch(
        new RegExp(`^ENGINE_UNAVAILABLE: .*${worker}`),
      );
    });

    test("runs guards on worker threads with that file beside it", async () => {
      const file = join(project.folder, "node_modules/@guardhost", engine, "dist", worker);
      await cp(file, join(out, "esbuild", worker));
      expect(await run(join(out, "esbuild/main.mjs"), engine)).toBe("private:hr");
    });
  });
});

describe.each(["module", "commonjs"])("an application for Node that webpack has built as %s", (format) => {
  const isModule = format === "module";
  const filename = isModule ? "main.mjs" : "main.cjs";

  beforeAll(async () => {
    await buildWithWebpack({
      entry,
      target: "node20",
      output: { path: join(out, format), filename, module: isModule },
      experiments: { outputModule: isModule },
      // Servers need none of it, and it takes longer than all the rest.
      optimization: { minimize: false },
    });
  }, 60_000);

  test.each(engines)("runs guards on worker threads with %s()", async (engine) => {
    expect(await run(join(out, format, filename), engine)).toBe("private:hr");
  });
});
