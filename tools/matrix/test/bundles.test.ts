import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "@guardhost/runtimes";
import * as esbuild from "esbuild";
import * as vite from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../src/hosts/browser.js";
import { wasmerConfig } from "../src/hosts/chromium-host.js";
import { serveFolder } from "../src/hosts/static-server.js";
import { copyApplications } from "./support/applications.js";
import { buildWithWebpack } from "./support/build-with-webpack.js";

/**
 * Bytes of the native engine with core, rewrite and thread, minified and gzipped, without the worker, which is a file of its own. 25,000 was
 * the aim, and is missed: rewrite alone has 19,500, and core 14,000. What is there must not grow unnoticed.
 */
const MAX_NATIVE_BYTES = 53_900;

let app: string;
let sandboxApp: string;

beforeAll(async () => {
  const apps = await copyApplications("bundled");
  [app, sandboxApp] = [join(apps, "browser-app"), join(apps, "sandbox-app")];
}, 300_000);

interface Bundler {
  /** Builds the application as the bundler's introduction does, and answers the folder to serve. */
  build(): Promise<string>;
  /** Whether it follows `new Worker(new URL(…))` into packages. */
  readonly followsWorkers: boolean;
}

const bundlers: Readonly<Record<string, Bundler>> = {
  Vite: {
    followsWorkers: true,
    async build() {
      await vite.build({ root: app, configFile: false, logLevel: "error" });
      return join(app, "dist");
    },
  },
  webpack: {
    followsWorkers: true,
    async build() {
      const out = join(app, "dist-webpack");
      await buildWithWebpack({ entry: join(app, "main.js"), output: { path: out } });
      return withPage(out);
    },
  },
  esbuild: {
    followsWorkers: false,
    async build() {
      const outdir = join(app, "dist-esbuild");
      const entryPoints = [join(app, "main.js")];
      await esbuild.build({ entryPoints, outdir, bundle: true, minify: true, format: "esm" });
      return withPage(outdir);
    },
  },
};

/** Adds the page of a script to a bundler's output, and what it loads. */
async function withPage(folder: string): Promise<string> {
  await cp(join(app, "index.html"), join(folder, "index.html"));
  await cp(join(app, "public"), folder, { recursive: true });
  return folder;
}

const built: Record<string, Promise<string>> = {};

/** The folder of what a bundler has built, which it does once. */
function builtBy(bundler: string): Promise<string> {
  built[bundler] ??= (bundlers[bundler] as Bundler).build();
  return built[bundler];
}

/** The folder of the application with `wasmer()`, which Vite builds once. */
function builtSandboxApp(): Promise<string> {
  built.sandbox ??= vite
    .build({ root: sandboxApp, configFile: wasmerConfig, logLevel: "error" })
    .then(() => join(sandboxApp, "dist"));
  return built.sandbox;
}

describe.each(Object.entries(bundlers))("an application that %s has built", (name, { followsWorkers }) => {
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

  describe.skipIf(chromium === undefined).each([true, false])(
    "in a page whose cross-origin isolation is %s",
    (isolated) => {
      let browser: Awaited<ReturnType<typeof openBrowser>>;
      beforeAll(async () => {
        browser = await openBrowser(chromium as string, await serveFolder(folder, { isolated }));
      }, 60_000);
      afterAll(() => browser?.close());

      test.each(["native", "wasi"])("runs a guard in Chromium with %s()", async (engine) => {
        expect(await browser.call("", "label", { engine })).toEqual(["private:hr"]);
      });

      const onWorker = isolated && followsWorkers ? ["private:hr"] : "ENGINE_UNAVAILABLE";
      test.each(["native", "wasi"])(`answers ${onWorker} with %s() on a worker thread`, async (engine) => {
        expect(await browser.call("", "label", { engine, thread: "worker" })).toEqual(onWorker);
      });
    },
  );
});

describe.skipIf(chromium === undefined)("a page that has taken all memories it has room for", () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  beforeAll(async () => {
    browser = await openBrowser(
      chromium as string,
      await serveFolder(await builtBy("Vite"), { isolated: true }),
    );
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

describe.skipIf(chromium === undefined)("an application with wasmer() that Vite has built", () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  beforeAll(async () => {
    browser = await openBrowser(
      chromium as string,
      await serveFolder(await builtSandboxApp(), { isolated: true }),
    );
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

const unavailable: unknown = expect.stringMatching(/^ENGINE_UNAVAILABLE: /);

describe.skipIf(chromium === undefined).each([
  ["nothing", "ENGINE_UNAVAILABLE", unavailable],
  ["'wasm-unsafe-eval'", ["private:hr"], unavailable],
  ["'unsafe-eval'", ["private:hr"], { labels: ["private:hr"], aborted: "no longer wanted" }],
])("a content security policy that allows %s beside the page's own files", (allowed, inPage, inSandbox) => {
  const sources = allowed === "nothing" ? "'self'" : `'self' ${allowed}`;
  const policy = `default-src 'none'; script-src ${sources}; connect-src 'self'; worker-src 'self'`;

  test("decides about native() and wasi()", async () => {
    const server = await serveFolder(await builtBy("Vite"), { isolated: true, policy });
    const browser = await openBrowser(chromium as string, server);
    try {
      for (const engine of ["native", "wasi"]) {
        for (const thread of ["caller", "worker"])
          expect(await browser.call("", "label", { engine, thread }), `${engine}, ${thread}`).toEqual(inPage);
      }
    } finally {
      await browser.close();
    }
  });

  test("decides about wasmer()", async () => {
    const server = await serveFolder(await builtSandboxApp(), { isolated: true, policy });
    const browser = await openBrowser(chromium as string, server);
    try {
      expect(await browser.call("", "inWorker")).toEqual(inSandbox);
    } finally {
      await browser.close();
    }
  });
});

test.skipIf(chromium === undefined).each([
  ["'unsafe-eval'", "script-src 'self'", "because 'unsafe-eval' is not an allowed source"],
  ["no Trusted Types", "require-trusted-types-for 'script'", "Trusted Type assignment requirements"],
])(
  "a session says that the SDK's own worker file wants %s, and the page has nothing to catch",
  async (_, stricter, problem) => {
    expect(await inStricterWorker(/browser-worker/, stricter)).toMatch(
      new RegExp(`^ENGINE_UNAVAILABLE: .*${problem}.* make sure that .* 'unsafe-eval'`),
    );
  },
);

test.skipIf(chromium === undefined).each([
  "worker-src 'none'",
  // The application's default policy makes no addresses of workers.
  "require-trusted-types-for 'script'",
])("a session in a worker whose policy has %s says what its workers need", async (stricter) => {
  expect(await inStricterWorker(/assets\/worker/, stricter)).toMatch(
    /^ENGINE_UNAVAILABLE: .* could not be started: .* make sure that worker-src /,
  );
});

/** What the worker of the application with `wasmer()` answers when the policy of some of its files is stricter. */
async function inStricterWorker(files: RegExp, stricter: string): Promise<unknown> {
  const all = "default-src 'none'; script-src 'self' 'unsafe-eval'; connect-src 'self'; worker-src 'self'";
  const policy = (path: string) => (files.test(path) ? `${all}, ${stricter}` : all);
  const server = await serveFolder(await builtSandboxApp(), { isolated: true, policy });
  // What the SDK's workers report is theirs; what they do not catch gets to the page all the same, unless it is kept from it.
  const isExpected = (stack: string) => stack.includes("/wasmer-sdk/");
  const browser = await openBrowser(chromium as string, server, { isExpected });
  try {
    return await browser.call("", "inWorker");
  } finally {
    await browser.close();
  }
}

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
