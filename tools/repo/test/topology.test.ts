import { describe, expect, test } from "vitest";
import { manifestOf, packageFolders, runsFromSources, runtimeImports } from "../src/workspace.js";

/** What each package is to the outside, and what it may import when it runs. Change it only on purpose. */
const PACKAGES: Record<string, PackagePin> = {
  "packages/core": {
    name: "@guardhost/core",
    published: true,
    exports: [".", "./package.json"],
    files: ["dist", "src"],
    dependencies: [],
    imports: ["#async-scope", "#file-source", "node:async_hooks", "node:fs", "node:fs/promises"],
  },
  "packages/rewrite": {
    name: "@guardhost/rewrite",
    published: true,
    exports: [".", "./package.json"],
    files: ["dist", "src"],
    // For its types; nothing of core is imported when it runs.
    dependencies: ["@guardhost/core"],
    imports: [],
  },
  "packages/thread": {
    name: "@guardhost/thread",
    published: true,
    exports: [".", "./worker", "./package.json"],
    files: ["dist", "src"],
    dependencies: ["@guardhost/core"],
    imports: ["#caller-port", "#platform", "@guardhost/core", "node:os", "node:worker_threads"],
  },
  "packages/engine": {
    name: "@guardhost/engine",
    published: true,
    exports: [".", "./worker", "./package.json"],
    files: ["dist", "src"],
    dependencies: ["@guardhost/core", "@guardhost/rewrite", "@guardhost/thread"],
    imports: [
      "#helper-module",
      "@guardhost/core",
      "@guardhost/rewrite",
      "@guardhost/thread",
      "@guardhost/thread/worker",
    ],
  },
  "packages/native": {
    name: "@guardhost/native",
    published: true,
    exports: [".", "./package.json"],
    files: ["dist", "src"],
    dependencies: ["@guardhost/core", "@guardhost/engine", "@guardhost/thread"],
    imports: [
      "#spawn-worker",
      "@guardhost/core",
      "@guardhost/engine",
      "@guardhost/engine/worker",
      "@guardhost/thread",
      "node:worker_threads",
    ],
  },
  "packages/wasi": {
    name: "@guardhost/wasi",
    published: true,
    exports: [".", "./package.json"],
    files: ["dist", "src"],
    dependencies: ["@guardhost/core", "@guardhost/engine", "@guardhost/thread", "@wasmer/wasi"],
    imports: [
      "#spawn-worker",
      "@guardhost/core",
      "@guardhost/engine",
      "@guardhost/engine/worker",
      "@guardhost/thread",
      "@wasmer/wasi",
      "node:worker_threads",
    ],
  },
  "packages/difc": {
    name: "@guardhost/difc",
    published: true,
    exports: [".", "./package.json"],
    files: ["dist", "src"],
    dependencies: [],
    imports: [],
  },
  "packages/mcp": {
    name: "@guardhost/mcp",
    published: true,
    exports: [".", "./sdk", "./package.json"],
    files: ["dist", "src"],
    dependencies: ["@guardhost/core", "@guardhost/difc"],
    imports: ["@guardhost/core", "@guardhost/difc"],
  },
  "packages/conformance": {
    name: "@guardhost/conformance",
    published: true,
    exports: [".", "./vitest", "./package.json"],
    files: ["dist", "src"],
    dependencies: ["@guardhost/core"],
    imports: ["@guardhost/core", "vitest"],
  },
  "packages/guards": {
    name: "@guardhost/guards",
    published: true,
    exports: ["./filesystem.wasm", "./package.json"],
    files: ["dist/filesystem.wasm", "scripts/*.mjs", "src"],
    dependencies: [],
    imports: [],
  },
  "apps/cli": {
    name: "guardhost",
    published: true,
    exports: ["./package.json"],
    files: ["dist", "src"],
    dependencies: ["@guardhost/core", "@guardhost/native", "@guardhost/rewrite", "commander"],
    imports: [
      "@guardhost/core",
      "@guardhost/native",
      "@guardhost/rewrite",
      "commander",
      "node:fs",
      "node:fs/promises",
      "node:util",
    ],
  },
  "apps/gateway": {
    name: "@guardhost/gateway",
    published: true,
    exports: ["./schema.json", "./package.json"],
    files: ["dist", "docs", "examples", "src"],
    dependencies: [
      "@guardhost/core",
      "@guardhost/difc",
      "@guardhost/mcp",
      "@guardhost/native",
      "@guardhost/wasi",
      "@modelcontextprotocol/client",
      "@modelcontextprotocol/node",
      "@modelcontextprotocol/server",
      "@opentelemetry/api",
      "@opentelemetry/exporter-prometheus",
      "@opentelemetry/sdk-metrics",
      "@redis/client",
      "commander",
      "jsonc-parser",
      "zod",
    ],
    imports: [
      "@guardhost/core",
      "@guardhost/difc",
      "@guardhost/mcp",
      "@guardhost/mcp/sdk",
      "@guardhost/native",
      "@guardhost/wasi",
      "@modelcontextprotocol/client",
      "@modelcontextprotocol/client/stdio",
      "@modelcontextprotocol/node",
      "@modelcontextprotocol/server",
      "@modelcontextprotocol/server/stdio",
      "@opentelemetry/exporter-prometheus",
      "@opentelemetry/sdk-metrics",
      "@redis/client",
      "commander",
      "jsonc-parser",
      "node:crypto",
      "node:fs",
      "node:fs/promises",
      "node:http",
      "node:module",
      "node:path",
      "node:timers/promises",
      "node:url",
      "node:util",
      "zod",
    ],
  },
  "apps/demo": {
    name: "@guardhost/demo",
    published: false,
    exports: [],
    files: [],
    dependencies: [
      "@guardhost/gateway",
      "@guardhost/guards",
      "@modelcontextprotocol/client",
      "@modelcontextprotocol/server-filesystem",
    ],
    imports: [
      "@modelcontextprotocol/client",
      "node:child_process",
      "node:crypto",
      "node:events",
      "node:fs/promises",
      "node:module",
      "node:os",
      "node:path",
      "node:readline",
      "node:url",
      "node:util",
    ],
  },
  "apps/bench": {
    name: "@guardhost/bench",
    published: false,
    exports: [],
    files: [],
    dependencies: [
      "@guardhost/difc",
      "@guardhost/gateway",
      "@guardhost/guards",
      "@guardhost/native",
      "@guardhost/rewrite",
      "@guardhost/wasi",
      "wabt",
    ],
    imports: [
      "@guardhost/difc",
      "@guardhost/native",
      "@guardhost/rewrite",
      "@guardhost/wasi",
      "node:child_process",
      "node:events",
      "node:fs",
      "node:fs/promises",
      "node:http",
      "node:module",
      "node:os",
      "node:path",
      "node:readline",
      "node:timers/promises",
      "node:url",
      "node:util",
      "node:wasi",
      "wabt",
    ],
  },
  "tools/consumer": {
    name: "@guardhost/consumer",
    published: false,
    exports: ["."],
    files: [],
    dependencies: [],
    imports: ["node:child_process", "node:fs/promises", "node:os", "node:path", "node:url", "node:util"],
  },
  "tools/matrix": {
    name: "@guardhost/matrix",
    published: false,
    exports: [],
    files: [],
    dependencies: [],
    imports: [
      "@guardhost/conformance",
      "@guardhost/consumer",
      "@guardhost/core",
      "@guardhost/native",
      "@guardhost/runtimes",
      "@guardhost/wasi",
      "esbuild",
      "node:child_process",
      "node:events",
      "node:fs/promises",
      "node:http",
      "node:path",
      "node:url",
      "node:util",
      "node:worker_threads",
      "playwright-core",
      "vite",
      "vitest/config",
    ],
  },
  "tools/mutations": {
    name: "@guardhost/mutations",
    published: false,
    exports: [],
    files: [],
    dependencies: [],
    imports: [
      "@guardhost/conformance",
      "@guardhost/native",
      "@guardhost/runtimes",
      "node:child_process",
      "node:fs",
      "node:fs/promises",
      "node:os",
      "node:path",
      "node:url",
      "node:util",
    ],
  },
  "tools/repo": {
    name: "@guardhost/repo",
    published: false,
    exports: [],
    files: [],
    dependencies: [],
    imports: ["node:fs", "node:path", "node:url"],
  },
  "tools/runtimes": {
    name: "@guardhost/runtimes",
    published: false,
    exports: ["."],
    files: [],
    dependencies: [],
    imports: ["node:fs", "node:module", "node:path"],
  },
  "tools/wat": {
    name: "@guardhost/wat",
    published: false,
    exports: ["."],
    files: [],
    dependencies: ["wabt"],
    imports: ["wabt"],
  },
};

interface PackagePin {
  readonly name: string;
  readonly published: boolean;
  readonly exports: readonly string[];
  readonly files: readonly string[];
  readonly dependencies: readonly string[];
  readonly imports: readonly string[];
}

test("every package has a pin, and every pin a package", () => {
  expect(packageFolders().toSorted()).toEqual(Object.keys(PACKAGES).toSorted());
});

describe.each(Object.entries(PACKAGES))("%s", (folder, pin) => {
  test("is what the pin says to the outside", () => {
    const {
      name,
      private: isPrivate = false,
      exports = {},
      files = [],
      dependencies = {},
    } = manifestOf(folder);
    expect({
      name,
      published: !isPrivate,
      exports: Object.keys(exports),
      files,
      dependencies: Object.keys(dependencies),
    }).toEqual({
      name: pin.name,
      published: pin.published,
      exports: pin.exports,
      files: pin.files,
      dependencies: pin.dependencies,
    });
  });

  test("imports what the pin allows, and all of it is declared", () => {
    const imports = runtimeImports(folder);
    expect(imports).toEqual(pin.imports);
    const { dependencies, peerDependencies, devDependencies } = manifestOf(folder);
    const declared = Object.keys({
      ...dependencies,
      ...peerDependencies,
      ...(runsFromSources(folder) ? devDependencies : {}),
    });
    const undeclared = imports.filter(
      (specifier) =>
        !/^(node:|#)/.test(specifier) && !declared.some((name) => `${specifier}/`.startsWith(`${name}/`)),
    );
    expect(undeclared).toEqual([]);
  });
});
