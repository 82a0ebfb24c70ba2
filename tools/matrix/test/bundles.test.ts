import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium } from "@guardhost/runtimes";
import * as esbuild from "esbuild";
import * as vite from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../src/hosts/browser.js";
import { endlessGuard } from "./support/endless-guard.js";
import { project } from "./support/project.js";

/**
 * Bytes of the native engine with core, rewrite and thread, minified and gzipped, without the worker, which is a file of its own. 25,000 was
 * the aim, and is missed: rewrite alone has 19,500, and core 14,000. What is there must not grow unnoticed.
 */
const MAX_NATIVE_BYTES = 53_500;

const LABELS_ON_A_WORKER = `
  import { readFile } from "node:fs/promises";
  import { anyObjectPolicy, loadGuard, native } from "@guardhost/native";

  const wasm = await readFile("node_modules/@guardhost/guards/dist/filesystem.wasm");
  const guard = await loadGuard(wasm, { engine: native({ thread: "worker" }), policySchema: anyObjectPolicy });
  const paths = [{ prefix: "/hr", secrecy: ["private:hr"], integrity: [] }];
  const policy = { filesystem: { mode: "filter", agent: { secrecy: ["private:hr"], integrity: [] }, paths } };
  const labelled = guard.session().labelAgent(policy);
  console.log(await labelled.then(({ agent }) => agent.secrecy[0], ({ code, message }) => code + ": " + message));
  await guard.close();
`;

const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));
/** What the README of `wasmer` tells a page to have. */
const sandboxConfig = fileURLToPath(
  new URL("../../../packages/wasmer/examples/vite.config.js", import.meta.url),
);
let app: string;
let sandboxApp: string;

beforeAll(async () => {
  const apps = join(project.folder, "apps");
  await cp(fixtures, apps, { recursive: true });
  [app, sandboxApp] = [join(apps, "browser-app"), join(apps, "sandbox-app")];
  const guard = join(project.folder, "node_modules/@guardhost/guards/dist/filesystem.wasm");
  for (const one of [app, sandboxApp]) await cp(guard, join(one, "public/filesystem.wasm"));
  await writeFile(join(sandboxApp, "public/endless.wasm"), endlessGuard);
}, 300_000);

/** Each builds the application as the bundler's introduction does, and answers the folder to serve. */
const bundlers: Record<string, () => Promise<string>> = {
  async Vite() {
    await vite.build({ root: app, configFile: false, logLevel: "error" });
    return join(app, "dist");
  },
  async esbuild() {
    const out = join(app, "dist-esbuild");
    await esbuild.build({
      entryPoints: [join(app, "main.js")],
      outdir: out,
      bundle: true,
      minify: true,
      format: "esm",
    });
    await cp(join(app, "index.html"), join(out, "index.html"));
    await cp(join(app, "public"), out, { recursive: true });
    return out;
  },
};

const built: Record<string, Promise<string>> = {};

/** The folder of what a bundler has built, which it does once. */
function builtBy(bundler: string): Promise<string> {
  built[bundler] ??= (bundlers[bundler] as () => Promise<string>)();
  return built[bundler];
}

describe.each(Object.keys(bundlers))("an application that %s has built", (name) => {
  let folder: string;
  beforeAll(async () => {
    folder = await builtBy(name);
  }, 60_000);

  test("has nothing of Node in it", async () => {
    const scripts = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".js"));
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) {
      const code = await readFile(join(folder, script), "utf8");
      expect(code, script).not.toMatch(/["'`]node:|\brequire\(|worker_threads|async_hooks|\bprocess\./);
    }
  });

  describe.each([true, false])("in a page whose cross-origin isolation is %s", (isolated) => {
    test.skipIf(chromium === undefined).each(["native", "wasi"])(
      "runs a guard in Chromium with %s()",
      async (engine) => {
        const browser = await openBrowser(chromium as string, folder, { isolated });
        try {
          expect(await browser.call("", "label", engine)).toEqual(["private:hr"]);
        } finally {
          await browser.close();
        }
      },
    );
  });
});

describe.skipIf(chromium === undefined)("a page that has taken all memories it has room for", () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  beforeAll(async () => {
    browser = await openBrowser(chromium as string, await builtBy("Vite"), { isolated: true });
  }, 60_000);
  afterAll(() => browser?.close());

  test.each([
    [0, "OUT_OF_MEMORY"],
    [1, ["private:hr"]],
    [100, ["private:hr"]],
  ])("and has let go of %d of them gets %j for a guard on a worker thread", async (count, expected) => {
    expect(await browser.call("", "labelAfterDroppedMemories", count)).toEqual(expected);
  });
});

describe("an application for Node that esbuild has built", () => {
  let out: string;
  const run = async () => (await project.run(process.execPath, join(out, "main.js"))).stdout.trim();

  beforeAll(async () => {
    out = join(project.folder, "app-for-node");
    await esbuild.build({
      stdin: { contents: LABELS_ON_A_WORKER, resolveDir: project.folder },
      outfile: join(out, "main.js"),
      bundle: true,
      platform: "node",
      format: "esm",
    });
  });

  test("is told which file its worker threads lack", async () => {
    expect(await run()).toMatch(/^ENGINE_UNAVAILABLE: .*native-worker\.node\.js/);
  });

  test("runs guards on worker threads with that file beside it", async () => {
    const worker = "native-worker.node.js";
    await cp(join(project.folder, "node_modules/@guardhost/native/dist", worker), join(out, worker));
    expect(await run()).toBe("private:hr");
  });
});

describe.skipIf(chromium === undefined)("an application with wasmer() that Vite has built", () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  beforeAll(async () => {
    await vite.build({ root: sandboxApp, configFile: sandboxConfig, logLevel: "error" });
    browser = await openBrowser(chromium as string, join(sandboxApp, "dist"), { isolated: true });
  }, 300_000);
  afterAll(() => browser?.close());

  test("runs guards in a worker of a page, and stops one that computes for ever", async () => {
    expect(await browser.call("", "inWorker")).toEqual({
      labels: ["private:hr"],
      aborted: "no longer wanted",
    });
  });

  test("is told on the page's own thread where they can be loaded", async () => {
    expect(await browser.call("", "onPage")).toMatch(/^ENGINE_UNAVAILABLE: .* worker of the page$/);
  });
});

test("the native engine gets no larger", async () => {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: `export { loadGuard, native } from "@guardhost/native";`, resolveDir: app },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  const [{ contents }] = outputFiles as [esbuild.OutputFile];
  expect(gzipSync(contents, { level: 9 }).length).toBeLessThanOrEqual(MAX_NATIVE_BYTES);
});

test("what an application does not use is left out", async () => {
  const { outputFiles } = await esbuild.build({
    stdin: {
      contents: `import "@guardhost/native"; import "@guardhost/wasi"; import "@guardhost/wasmer"; import "@guardhost/mcp";`,
      resolveDir: app,
    },
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "silent",
  });
  expect((outputFiles as [esbuild.OutputFile])[0].text.trim()).toBe("");
});
